# Width and height of every picture, read from its first bytes, so that figures reserve their place while they load.
# Fills `site.data.figures`: "assets/img/x.png" => {"width" => W, "height" => H}; a film has an entry without a size. What
# else the build tells of a picture in _data/figures.json ("chart": nothing in it but lines and letters) is kept.
module PictureSizes
  FRAME = ((0xC0..0xCF).to_a - [0xC4, 0xC8, 0xCC]).freeze # JPEG segments that carry the size

  def self.read(path)
    File.open(path, "rb") do |file|
      head = file.read(30).to_s
      if head.start_with?("\x89PNG".b) then head[16, 8].unpack("NN")
      elsif head.start_with?("GIF8") then head[6, 4].unpack("vv")
      elsif head.start_with?("\xFF\xD8".b) then jpeg(file)
      elsif head[8, 4] == "WEBP" then webp(head)
      end
    end
  end

  # The first chunk says how the picture is coded: lossy, lossless, or with a canvas of its own.
  def self.webp(head)
    case head[12, 4]
    when "VP8 " then head[26, 4].unpack("vv").map { |side| side & 0x3FFF }
    when "VP8L" then head[21, 4].unpack1("V").then { |bits| [(bits & 0x3FFF) + 1, ((bits >> 14) & 0x3FFF) + 1] }
    when "VP8X" then [head[24, 3], head[27, 3]].map { |side| "#{side}\0".unpack1("V") + 1 }
    end
  end

  def self.jpeg(file)
    file.seek(2)
    while (segment = file.read(4)) && segment.size == 4
      marker, length = segment[1].ord, segment[2, 2].unpack1("n")
      return file.read(5)[1, 4].unpack("nn").reverse if FRAME.include?(marker)

      file.seek(length - 2, IO::SEEK_CUR)
    end
  end
end

# Pictures written without the include (Markdown's `![…](…)`, <img>) get their size and load lazily, too.
Jekyll::Hooks.register [:pages, :documents], :post_render do |page|
  next unless page.output_ext == ".html" && page.output

  page.output = page.output.gsub(/<img [^>]*>/) do |tag|
    path = tag[/\bsrc="#{Regexp.escape(page.site.baseurl.to_s)}\/(assets\/[^"?]+)/, 1]
    size = page.site.data["figures"][path]
    next tag if tag.match?(/\b(?:width|height|loading)=/) || size.nil? || size.empty?

    tag.sub("<img ", %(<img width="#{size["width"]}" height="#{size["height"]}" loading="lazy" ))
  end
end

Jekyll::Hooks.register :site, :post_read do |site|
  told = site.data["figures"] || {}
  site.data["figures"] = site.static_files.each_with_object({}) do |file, sizes|
    next unless %w[.png .gif .jpg .jpeg .webp .mp4 .webm].include?(file.extname.downcase)

    width, height = PictureSizes.read(file.path)
    path = file.relative_path.delete_prefix("/")
    sizes[path] = (told[path] || {}).slice("chart").merge(width ? { "width" => width, "height" => height } : {})
  end
end
