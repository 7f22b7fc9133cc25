# Pages that exist in several languages share a `ref` and a `permalink`; the language that `_config.yml` names first
# keeps that address, the others get theirs below it: / and /zh/, /projects/ and /projects/zh/.
# Project pages write their permalinks out (al-folio has no such plugin), so they are left as they are.
Jekyll::Hooks.register :site, :post_read do |site|
  site.pages.each do |page|
    lang = page.data["lang"]
    next if page.data["ref"].nil? || lang.nil? || lang == site.config["lang"]

    page.data["permalink"] += "#{lang}/"
  end
end
