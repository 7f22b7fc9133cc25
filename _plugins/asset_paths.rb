# Visual Studio Code pastes pictures as `../assets/…`, which its preview shows but no page at /projects/x/ finds.
# Rewrites `../assets/` and `/assets/` in Markdown links and HTML attributes to where the site really is.
LINK = %r{(\]\(|\b(?:src|href|poster|srcset|data-player|data-particles)=["'])(?:(?:\.\./)+|/)assets/}

Jekyll::Hooks.register [:pages, :documents], :pre_render do |page|
  next unless page.content && page.extname.match?(/\A\.(md|markdown|html)\z/)

  page.content = page.content.gsub(LINK) { "#{Regexp.last_match(1)}#{page.site.baseurl}/assets/" }
end
