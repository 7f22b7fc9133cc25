# Chinese titles break between words: a <wbr> stands where one ends, and the style sheet keeps the rest together. The words
# are those of _data/terms.yml, then what Node's Intl.Segmenter finds; without Node a title breaks at its punctuation alone.
require "digest"
require "json"
require "open3"

module TitleWords
  TITLE = %r{(<(?<tag>h[1-4])\b[^>]*>)(?<inside>.*?)(?=</\k<tag>>)|(<p class="(?:post-description|card-text)">)(?<said>[^<]*)}m
  TEXT = /(?<=>|\A)[^<]*\p{Han}[^<]*/
  NAME = /[A-Z]+-[A-Z]+/
  RENDERER = File.expand_path("title_words.cjs", __dir__)

  module_function

  def pieces(texts, terms)
    cache = Jekyll::Cache.new("TitleWords #{Digest::SHA256.hexdigest(terms.join(" "))}")
    missing = texts.reject { |text| cache.key?(text) }
    unless missing.empty?
      answer, errors, status = Open3.capture3("node", RENDERER, stdin_data: JSON.generate(texts: missing, terms: terms))
      raise "Chinese titles: #{errors}" unless status.success?

      missing.zip(JSON.parse(answer)) { |text, found| cache[text] = found }
    end
    texts.to_h { |text| [text, cache[text]] }
  end

  # A browser would break a name at its hyphen.
  def whole(html)
    html.gsub(TITLE) { |title| title.gsub(/(?<=>|\A)[^<]+/) { |text| text.gsub(NAME, '<span class="whole">\0</span>') } }
  end

  def broken(html, terms)
    texts = html.enum_for(:scan, TITLE).flat_map { (Regexp.last_match[:inside] || Regexp.last_match[:said]).scan(TEXT) }
    return html if texts.empty?

    known = pieces(texts.uniq, terms)
    html.gsub(TITLE) { |title| title.gsub(TEXT) { |text| known.fetch(text, [text]).join("<wbr>") } }
  end
end

Jekyll::Hooks.register [:pages, :documents], :post_render do |page|
  next unless page.output_ext == ".html" && page.output

  head, body = page.output.split(/(?=<body)/, 2)
  next unless body

  body = TitleWords.broken(body, (page.site.data["terms"] || {}).fetch("zh", [])) if body.match?(/\p{Han}/) && Maths.node?
  page.output = head + TitleWords.whole(body)
end
