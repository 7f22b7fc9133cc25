# What has to be true before Jekyll starts.
Jekyll::Hooks.register :site, :after_init do |site|
  # Jekyll's watcher leaves an excluded folder alone only if it is there when it starts: without these, a study that
  # begins while the site is served makes it rebuild without end.
  %w[.cache .pytask .pytest_cache .hypothesis results runs].each do |name|
    next unless Array(site.config["exclude"]).include?(name)

    Dir.mkdir(File.join(site.source, name))
  rescue SystemCallError
    next # it is there, or is not ours to make
  end
  # Where plugins do not run (GitHub's "Deploy from a branch") this stays unset, and every page says what to do.
  site.config["plugins_run"] = true
end
