# Reads a JSON list of texts, writes which of them Jekyll can render: `ruby liquid_verdicts.rb SOURCE`.
require "json"
require "jekyll"

Jekyll.logger.log_level = :error
site = Jekyll::Site.new(Jekyll.configuration("source" => ARGV[0], "destination" => "#{ARGV[0]}/_out", "quiet" => true,
                                             "disable_disk_cache" => true))
site.read
verdicts = JSON.parse($stdin.read).map.with_index do |text, number|
  info = { registers: { site: site, page: {} }, strict_filters: false, strict_variables: false }
  site.liquid_renderer.file("text#{number}").parse(text).render!({ "site" => {}, "page" => {} }, info)
  true
rescue StandardError, SyntaxError
  false
end
puts JSON.generate(verdicts)
