# Paths of the repository that a page names (`<code class="path">`) lead there once _config.yml says where it is.
Jekyll::Hooks.register [:pages, :documents], :post_render do |page|
  home = page.site.config["repository"]
  next unless home && page.output_ext == ".html" && page.output

  page.output = page.output.gsub(%r{<code class="path">([^<"]+)</code>}) do |code|
    %(<a href="#{home}/tree/HEAD/#{Regexp.last_match(1)}">#{code}</a>)
  end
end
