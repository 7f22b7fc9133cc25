# Pictures in the sizes that screens need, as WebP beside the PNG or JPEG that stays the fallback. Every <img> of the
# site's own pictures gets a <source> with its copies; a film's poster is one of them. The copies are made by responsive.py
# with the Python that the figures are made with, kept in .jekyll-cache and published as /assets/webp/; where there is no
# such Python, pages show the pictures as they are.
require "digest"
require "json"
require "open3"

module Responsive
  WIDTHS = [480, 800, 1440].freeze # pixels
  SIZES = "(max-width: 46rem) 95vw, 46rem"
  IMAGE = %r{(?<open><picture>)?(?<sources>(?:\s*<source [^>]*>)*)\s*(?<tag><img [^>]*>)}
  MAKER = File.expand_path("responsive.py", __dir__)
  FOLDER = "assets/webp"

  module_function

  # The first interpreter that has Pillow, or nil.
  def python(site)
    return @python if defined?(@python)

    candidates = [ENV["PYTHON"], site.in_source_dir(".venv/bin/python"), "python3"].compact
    @python = candidates.find { |one| system(one, "-c", "import PIL", out: File::NULL, err: File::NULL) }
    Jekyll.logger.info "Pictures:", "no Python with Pillow found; shown in their full size" unless @python
    @python
  end

  def origin(site, address)
    path = address[/\A#{Regexp.escape(site.config["baseurl"].to_s)}\/(assets\/[^"?]+\.(?:png|jpe?g))\z/i, 1]
    path if path && (site.data["figures"][path] || {})["width"]
  end

  # [[width, address], …] of a picture's copies, which are noted in `wanted`: path of the copy => [picture, width].
  def copies(site, path, wanted)
    native = site.data["figures"][path]["width"]
    widths = WIDTHS.select { |width| width < native } | [[native, WIDTHS.last].min]
    digest = (@digests ||= {})[[path, File.mtime(site.in_source_dir(path))]] ||= Digest::SHA256.file(site.in_source_dir(path)).hexdigest[0, 10]
    widths.map do |width|
      name = "#{File.basename(path, ".*")}-#{digest}-#{width}.webp"
      wanted["#{FOLDER}/#{name}"] = [path, width]
      [width, "#{site.config["baseurl"]}/#{FOLDER}/#{name}"]
    end
  end

  def serve(site, html, wanted)
    html = html.gsub(/(<video [^>]*\bposter=")([^"]+)"/) do
      before, address = Regexp.last_match(1), Regexp.last_match(2)
      path = origin(site, address)
      found = copies(site, path, {}) if path
      next "#{before}#{address}\"" unless found

      width, chosen = found.select { |w, _| w <= 800 }.last || found.first
      wanted[chosen.delete_prefix("#{site.config["baseurl"]}/")] = [path, width]
      "#{before}#{chosen}\""
    end
    html.gsub(IMAGE) do |whole|
      found = Regexp.last_match
      path = origin(site, found[:tag][/\bsrc="([^"]+)"/, 1].to_s)
      next whole unless path

      set = copies(site, path, wanted).map { |width, address| "#{address} #{width}w" }.join(", ")
      sizes = found[:tag][/\bsizes="([^"]+)"/, 1] || (found[:tag].include?('loading="lazy"') ? "auto, #{SIZES}" : SIZES)
      source = %(<source type="image/webp" srcset="#{set}" sizes="#{sizes}">)
      found[:open] ? "<picture>#{found[:sources]}#{source}#{found[:tag]}" : "<picture>#{source}#{found[:tag]}</picture>"
    end
  end

  # Make what is missing, and publish all that is wanted.
  def publish(site, wanted)
    base = site.in_source_dir(".jekyll-cache")
    missing = wanted.reject { |copy, _| File.exist?(File.join(base, copy)) }
    orders = missing.map { |copy, (path, width)| [site.in_source_dir(path), File.join(base, copy), width] }
    unless orders.empty?
      told, status = Open3.capture2e(python(site), MAKER, stdin_data: JSON.generate(orders))
      raise "pictures: #{told}" unless status.success?

      told.lines.uniq.each { |line| Jekyll.logger.warn "Pictures:", line.strip }
    end
    wanted.each_key do |copy|
      site.static_files << Jekyll::StaticFile.new(site, base, FOLDER, File.basename(copy))
    end
  end
end

Jekyll::Hooks.register :site, :post_render do |site|
  next unless Responsive.python(site)

  wanted = {}
  (site.pages + site.documents).each do |page|
    page.output = Responsive.serve(site, page.output, wanted) if page.output_ext == ".html" && page.output
  end
  Responsive.publish(site, wanted)
end
