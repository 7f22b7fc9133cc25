# The last commit of the scripts behind each figure and table, put into the data of `_data/evidence.json` while Jekyll
# runs: a commit cannot name itself, but the site is built after it. Nothing is told outside of git, in a clone without
# its history, or of a script that was edited since.
require "open3"

module Commits
  module_function

  def add(site)
    projects = site.data.dig("evidence", "projects") or return
    entries = projects.values.flat_map { |project| [*project["figures"], *project["tables"]] }
    entries.select! { |entry| entry["scripts"]&.any? }
    commits = last(site.source, entries.flat_map { |entry| entry["scripts"] }.uniq)
    entries.each do |entry|
      known = entry["scripts"].map { |script| commits[script] }
      next unless known.all?

      moment, commit = known.max
      entry.update("commit" => commit, "committed" => Time.at(moment).utc.strftime("%F"))
    end
  end

  # Script → when it was committed last, in seconds since 1970, and by which commit.
  def last(folder, scripts)
    return {} if scripts.empty? || git(folder, "rev-parse", "--is-shallow-repository") != ["false"]

    found = {}
    commit = nil
    git(folder, "log", "--format=> %ct %h", "--name-only", "--relative", "--", *scripts).each do |line|
      mark, seconds, name = line.split
      mark == ">" ? commit = [seconds.to_i, name] : found[line] ||= commit
    end
    found.except(*git(folder, "diff", "--name-only", "--relative", "HEAD", "--", *scripts))
  end

  def git(folder, *words)
    told, status = Open3.capture2("git", "-C", folder, *words, err: File::NULL)
    status.success? ? told.split("\n").reject(&:empty?) : []
  rescue SystemCallError
    []
  end
end

Jekyll::Hooks.register(:site, :post_read) { |site| Commits.add(site) }
