# What stands behind a page, from `_data/evidence.json`, put into it while Jekyll runs: a measured number
# (`31%<!--injection.seams-->`) becomes a link to what it rests on, and figures and measured tables get a fold that tells
# how to make them again. Without this file a page reads the same, its numbers being plain text.
module Evidence
  NAME = /[A-Za-z]\w*(?:\.[\w+-]+)+(?:\|[^<>\n]*?)?/
  # Elements in which no link may stand come first, and are left alone.
  TOKEN = %r{<(?<alone>a|head|script|style|pre|code|textarea|button|summary|svg)\b.*?</\k<alone>>|(?<text>[^<>]+)<!--\s*(?<name>#{NAME})\s*-->}mi
  SHAPE = /(?:[-−+]?\d[\d.,]*(?:e[-+]?\d+)?)(?:[ \u202f]?%|\u202f[^\s<>\d]+)?(?: \[[^\]]*\])?\z/
  TABLE = /<!--\s*table:\s*(?<name>[\w-]+)\s*-->.*?<!--\s*end\s*-->/m
  CAPTION = %r{<div class="caption">.*?</div>}m
  MEDIA = %r{\b(?:src|data-still|poster)="[^"]*?/(assets/(?:img|video)/[^"?]+)\.\w+["?]}

  module_function

  def render(page)
    projects = page.site.data.dig("evidence", "projects") or return
    words = page.site.data.dig("evidence_words", page.data["lang"] || page.site.config["lang"]) or return
    own = projects.keys.find { |name| page.data["ref"].to_s.start_with?(name) } or return
    project = projects[own]
    head, body = page.output.split("<body", 2)
    return if body.nil?

    home = page.site.baseurl.to_s + words["address"]
    body = linked(body, project["numbers"] || {}, "#{home}#number-#{own}-", page.data["lang"], project["runs"])
    body = tables_told(body, project, words, page.site.config["repository"], page.data["permalink"])
    body = figures_told(body, project, words, page.site.config["repository"])
    page.output = "#{head}<body#{body}"
  end

  def linked(html, numbers, address, lang, runs)
    html.gsub(TOKEN) do |whole|
      found = Regexp.last_match
      entry = found[:name] && numbers[found[:name]]
      next whole unless entry

      text, mark = found[:text], whole[found[:text].size..]
      known = escaped(entry.dig("text", lang).to_s)
      number = !known.empty? && text.end_with?(known) ? known : text[SHAPE]
      next whole if number.nil?

      run = runs[entry["run"]] || {}
      told = escaped([entry["run"], run["preset"], run["date"]].compact.join(", "))
      "#{text[0...-number.size]}<a class=\"measured\" href=\"#{address}#{anchor(found[:name])}\" title=\"#{told}\">#{number}</a>#{mark}"
    end
  end

  def tables_told(html, project, words, repository, address)
    here = (project["tables"] || []).select { |table| table["url"].nil? || table["url"].value?(address) }
    tables = here.to_h { |table| [table["name"], table] }
    html.gsub(TABLE) do |whole|
      table = tables[Regexp.last_match[:name]]
      table && !table["runs"].empty? ? "#{whole}\n#{again(table, project, words, repository)}" : whole
    end
  end

  # The pictures between one caption and the one before it are those that it speaks of.
  def figures_told(html, project, words, repository)
    figures = (project["figures"] || []).to_h { |figure| [File.basename(figure["path"], ".*"), figure] }
    last = 0
    html.gsub(CAPTION) do |whole|
      before = html[last...Regexp.last_match.begin(0)]
      last = Regexp.last_match.end(0)
      names = before.scan(MEDIA).flatten.map { |path| File.basename(path).sub(/[.-](?:dark|[a-z]{2})\z/, "") }
      shown = names.filter_map { |name| figures[name] }.uniq
      next whole if shown.empty?

      both = { "runs" => shown.flat_map { |figure| figure["runs"] }.uniq, "commit" => nil }
      both = both.merge(shown.max_by { |figure| figure["committed"].to_s }.slice("commit", "committed"))
      "#{whole}\n#{again(both, project, words, repository)}"
    end
  end

  def again(entry, project, words, repository)
    runs = entry["runs"].filter_map { |name| project["runs"][name]&.merge("name" => name) }
    return "" if runs.empty?

    lines = runs.map { |run| run["command"] }.uniq.map { |command| "<code>#{escaped(command)}</code>" }
    lines += runs.map { |run| told(run, words) }
    if entry["commit"]
      commit = "<code>#{escaped(entry["commit"])}</code>"
      commit = %(<a href="#{repository}/commit/#{escaped(entry["commit"])}">#{commit}</a>) if repository
      lines << "#{words["commit"]}#{words["colon"]}#{commit}#{words["comma"]}#{escaped(entry["committed"])}#{words["stop"]}"
    end
    %(<details class="reproduce"><summary>#{words["again"]}</summary>#{lines.map { |line| "<p>#{line}</p>" }.join}</details>)
  end

  def told(run, words)
    threads = "#{run["threads"]} #{words[run["threads"] == 1 ? "thread" : "threads"]}" if run["threads"]
    seeds, preset = %w[seeds_told preset].zip(%w[seeds preset]).map { |key, word| "#{words[word]} #{run[key]}" if run[key] }
    facts = [seeds, preset, run["device"], threads, run["duration"], run["date"]].compact.join(words["comma"])
    parts = ["#{words["run"]} <code>#{escaped(run["name"])}</code>#{words["colon"] unless facts.empty?}#{escaped(facts)}#{words["stop"]}"]
    settings = run["configuration"]
    if run["networks"]
      parts << "#{words["networks"]} #{run["networks"]["version"]}#{words["comma"]}#{words["of_commit"]} <code>#{run["networks"]["commit"]}</code>#{words["stop"]}"
    end
    parts << "#{words["settings"]}#{words["colon"]}<code>#{escaped(settings.join("; "))}</code>" unless settings.empty?
    parts.join(" ")
  end

  # As the list of all numbers has it (_includes/numbers.liquid).
  def anchor(name)
    name.gsub(/[^A-Za-z0-9]+/, "-").gsub(/\A-|-\z/, "").downcase
  end

  def escaped(text)
    text.to_s.gsub("&", "&amp;").gsub("<", "&lt;").gsub(">", "&gt;").gsub('"', "&quot;")
  end
end

Jekyll::Hooks.register [:pages, :documents], :post_render do |page|
  Evidence.render(page) if page.output_ext == ".html" && page.output && page.data["ref"]
end
