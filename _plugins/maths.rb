# TeX becomes KaTeX's HTML and MathML while the site is built: readers need no script, and nothing jumps.
# Takes what al-folio's MathJax takes: \(…\) and \[…\], which is also what kramdown makes of $$…$$.
# Without Node the same KaTeX, shipped in theme/katex, does it in the reader's browser.
require "json"
require "open3"

module Maths
  # Attributes, comments, code and scripts are matched first, and left alone.
  TOKEN = %r{<(?<raw>script|style|pre|code|textarea)\b.*?</\k<raw>>|<!--.*?-->|<[a-z/!][^>]*>|(?<before>[(（“]*)\\\((?<inline>.+?)\\\)(?<after>[.,;:!?)，。；：！？、）”]*)|\\\[(?<display>.+?)\\\]}mi
  ENTITIES = { "&lt;" => "<", "&gt;" => ">", "&quot;" => '"', "&#39;" => "'", "&amp;" => "&" }.freeze
  RENDERER = File.expand_path("maths.cjs", __dir__)

  module_function

  def node?
    return @node unless @node.nil?

    @node = system("node", "--version", out: File::NULL, err: File::NULL) == true
    Jekyll.logger.info "Maths:", "no Node found; formulas are set in the reader's browser" unless @node
    @node
  end

  def formulas(html)
    html.gsub(TOKEN) do |token|
      found = Regexp.last_match
      tex = found[:inline] || found[:display]
      tex ? yield(tex.gsub(/&(?:lt|gt|quot|#39|amp);/, ENTITIES), !found[:display].nil?, found) : token
    end
  end

  # Returns TeX and mode => HTML for all formulas of a page with one call of Node; known ones come from Jekyll's cache.
  def typeset(wanted, page)
    cache = Jekyll::Cache.new("Maths")
    missing = wanted.reject { |formula| cache.key?(formula.to_s) }
    unless missing.empty?
      answer, errors, status = Open3.capture3("node", RENDERER, stdin_data: JSON.generate(missing))
      raise "KaTeX failed: #{errors}" unless status.success?

      missing.zip(JSON.parse(answer)) do |formula, (html, error)|
        Jekyll.logger.warn "Maths:", "#{page.relative_path}: #{error}" if error
        cache[formula.to_s] = html
      end
    end
    wanted.to_h { |formula| [formula, cache[formula.to_s]] }
  end

  # A line may break at either side of a formula, which is no letter. What belongs to it keeps to it; it breaks within
  # where it always may.
  def kept_together(html, before, after)
    %(<span class="whole">#{before}#{html.gsub('</span><span class="base">', '</span><wbr><span class="base">')}#{after}</span>)
  end

  def render(page)
    wanted = []
    formulas(page.output) { |tex, display, found| wanted << [tex, display]; found[0] }
    return if wanted.empty?

    base = "#{page.site.baseurl}/theme"
    head = [%(<link rel="stylesheet" href="#{base}/katex/katex.min.css">)]
    if node?
      done = typeset(wanted.uniq, page)
      page.output = formulas(page.output) do |tex, display, found|
        beside = [found[:before], found[:after]]
        beside.join.empty? ? done[[tex, display]] : kept_together(done[[tex, display]], *beside)
      end
    else
      scripts = ["katex/katex.min.js", "katex/auto-render.min.js", "maths.js"]
      head += scripts.map { |s| %(<script defer src="#{base}/#{s}"></script>) }
    end
    # Rules that came with the first formula would have the browser lay the whole page out twice.
    page.output = page.output.sub("</head>") { "#{head.join("\n")}\n</head>" }
  end
end

Jekyll::Hooks.register [:pages, :documents], :post_render do |page|
  Maths.render(page) if page.output_ext == ".html" && page.output&.match?(/\\[(\[]/)
end
