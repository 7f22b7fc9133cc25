# A number and its unit stay on one line: the blank between them becomes a narrow no-break space, also where the number's
# element or comment ends in between (`31<!--name--> s`). Code, scripts and titles of pictures are left alone.
module Units
  PIECE = %r{<(?<raw>script|style|pre|code|textarea|svg|title)\b.*?</\k<raw>>|<!--.*?-->|<[^>]*>|[^<]+}mi
  UNIT = %r{(?:[kKMG]i?B|ms|s|min|h|%|px|GHz|MHz|[kM]|dB|°|×|fps|frames/s|小时|分钟|分|秒|帧|步|倍)(?![\p{Latin}\d])}
  NARROW = "\u202F"

  module_function

  def joined(html)
    digit = false # does the text so far end with a digit?
    html.gsub(PIECE) do |piece|
      next (digit = false; piece) if Regexp.last_match(:raw)
      next piece if piece.start_with?("<") && !piece.match?(%r{\A</?(?:p|div|td|th|li|tr|h\d|br|figure)\b})
      next (digit = false; piece) if piece.start_with?("<")

      piece = piece.sub(/\A (?=#{UNIT})/o, NARROW) if digit
      digit = piece.match?(/\d\z/)
      piece.gsub(/(?<=\d) (?=#{UNIT})/o, NARROW)
    end
  end
end

Jekyll::Hooks.register [:pages, :documents], :post_render do |page|
  next unless page.output_ext == ".html" && page.output

  head, body = page.output.split(/(?=<body)/, 2)
  page.output = head + Units.joined(body) if body
end
