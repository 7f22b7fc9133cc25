# The weights that the walk in the browser loads are published from where they are shipped: the repository holds them once.
# assets/walk/walk.json lists them with their digests. Without them, or without the runtime that `make setup` brings, the
# piece says so and shows its film.
require "json"

module Walk
  FOLDER = "assets/walk"
  WEIGHTS = "experiments/video_diffusion/checkpoints"
  RUNTIME = "theme/runtime/ort-wasm-simd-threaded.wasm"
  OFFLINE = "theme/walk/offline.js" # at the site's root it may answer for all of its pages
  PIECE = ' data-piece="walk"'

  # A file that is published elsewhere than it lies.
  class Carried < Jekyll::StaticFile
    def initialize(site, from, dir, name)
      super(site, site.source, dir, name)
      @path = from
    end
  end

  module_function

  def listed(site)
    JSON.parse(File.read(site.in_source_dir(FOLDER, "walk.json")))["files"]
  rescue SystemCallError, JSON::ParserError
    {}
  end

  # Megabytes that a click loads, the runtime with them; nil where something is missing.
  def megabytes(site)
    files = listed(site)
    runtime = site.in_source_dir(RUNTIME)
    return if files.empty? || !File.exist?(runtime)

    ((files.values.sum { |file| file["bytes"] } + File.size(runtime)) / 1e6).round
  end
end

Jekyll::Hooks.register :site, :post_read do |site|
  Walk.listed(site).each_key do |name|
    from = site.in_source_dir(Walk::WEIGHTS, name)
    site.static_files << Walk::Carried.new(site, from, Walk::FOLDER, name) if File.exist?(from)
  end
  site.static_files << Walk::Carried.new(site, site.in_source_dir(Walk::OFFLINE), "", "walk-offline.js")
end

Jekyll::Hooks.register :documents, :post_render do |page|
  next unless page.output&.include?(Walk::PIECE)

  size = Walk.megabytes(page.site)
  page.output = page.output.sub(Walk::PIECE) { %(#{Walk::PIECE} data-megabytes="#{size}") } if size
end
