# Pages that exist in several languages share a `ref`. Their addresses stand in their front matter for a site that shows
# English first: /projects/ and /projects/zh/. Another language that `_config.yml` names first gets the plain address,
# and English the one below it. Project pages keep theirs always, as they do in al-folio.
Jekyll::Hooks.register :site, :post_read do |site|
  site.pages.each do |page|
    lang = page.data["lang"]
    next if page.data["ref"].nil? || lang.nil?

    plain = page.data["permalink"].delete_suffix("#{lang}/")
    page.data["permalink"] = lang == site.config["lang"] ? plain : "#{plain}#{lang}/"
  end
end
