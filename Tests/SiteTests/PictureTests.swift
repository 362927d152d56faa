import Foundation
import Markup
import Testing

@testable import Site

@Suite struct PictureTests {
  /// A segment of a JPEG.
  private func segment(_ marker: UInt8, _ content: [UInt8]) -> [UInt8] {
    [0xFF, marker, UInt8((content.count + 2) >> 8), UInt8((content.count + 2) & 0xFF)] + content
  }

  private func exif(orientation: UInt8) -> [UInt8] {
    Array("Exif\0\0II*\0".utf8) + [8, 0, 0, 0, 2, 0]
      + [0x12, 0x01, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0]
      + [0x25, 0x88, 4, 0, 1, 0, 0, 0, 50, 0, 0, 0] + Array("GPS 48.1N".utf8)
  }

  private func jpeg(orientation: UInt8) -> [UInt8] {
    [0xFF, 0xD8] + segment(0xE0, Array("JFIF\0".utf8) + [1, 1, 0, 0, 1, 0, 1, 0, 0])
      + segment(0xE1, exif(orientation: orientation))
      + segment(0xE1, Array("http://ns.adobe.com/xap/1.0/\0GPS".utf8))
      + segment(0xED, Array("Photoshop 3.0\0GPS".utf8)) + segment(0xFE, Array("GPS by me".utf8))
      + segment(0xE2, Array("ICC_PROFILE\0profile".utf8))
      + segment(0xC0, [8, 0, 20, 0, 30, 1, 1, 0x11, 0])
      + segment(0xDA, [1, 1, 0, 0, 63, 0]) + [1, 2, 0xFF, 0, 3, 0xFF, 0xD0, 4]
      + [0xFF, 0xD9] + Array("GPS behind the end".utf8)
  }

  private func has(_ word: String, in bytes: [UInt8]) -> Bool {
    String(decoding: bytes, as: UTF8.self).contains(word)
  }

  @Test("a photograph loses where it was taken, and keeps its colours and its upper side")
  func photograph() throws {
    let picture = try Picture(jpeg(orientation: 6))
    #expect(!has("GPS", in: picture.bytes) && has("ICC_PROFILE", in: picture.bytes))
    #expect(has("Exif", in: picture.bytes))
    #expect(picture.size?.width == 20 && picture.size?.height == 30)
    #expect(picture.bytes.suffix(10) == [1, 2, 0xFF, 0, 3, 0xFF, 0xD0, 4, 0xFF, 0xD9])
    // What was cleaned once is clean.
    #expect(try Picture(picture.bytes).bytes == picture.bytes)
    let upright = try Picture(jpeg(orientation: 1))
    #expect(!has("Exif", in: upright.bytes) && upright.size?.width == 30)
  }

  private func chunk(_ name: String, _ content: [UInt8]) -> [UInt8] {
    [0, 0, UInt8(content.count >> 8), UInt8(content.count & 0xFF)] + Array(name.utf8) + content
      + [0, 0, 0, 0]
  }

  @Test("a PNG keeps the chunks that are seen")
  func png() throws {
    let file =
      PNG.signature + chunk("IHDR", [0, 0, 0, 9, 0, 0, 0, 7, 8, 6, 0, 0, 0])
      + chunk("tEXt", Array("Author\0GPS".utf8)) + chunk("eXIf", Array("GPS".utf8))
      + chunk("IDAT", [1, 2, 3]) + chunk("IEND", []) + Array("GPS".utf8)
    let picture = try Picture(file)
    #expect(!has("GPS", in: picture.bytes) && has("IDAT", in: picture.bytes))
    #expect(picture.size?.width == 9 && picture.size?.height == 7 && picture.suffix == "png")
  }

  @Test("a WebP loses Exif and XMP, and no longer says that it has them")
  func webp() throws {
    func chunk(_ name: String, _ content: [UInt8]) -> [UInt8] {
      Array(name.utf8) + [UInt8(content.count), 0, 0, 0] + content
        + (content.count % 2 == 1 ? [0] : [])
    }
    let chunks =
      chunk("VP8X", [0x2C, 0, 0, 0, 8, 0, 0, 6, 0, 0]) + chunk("ICCP", [1, 2, 3])
      + chunk("VP8L", [0x2F, 0, 0, 0, 0]) + chunk("EXIF", Array("GPS".utf8))
      + chunk("XMP ", Array("GPS!".utf8))
    let file =
      Array("RIFF".utf8) + [UInt8(chunks.count + 4), 0, 0, 0] + Array("WEBP".utf8) + chunks
    let picture = try Picture(file)
    #expect(!has("GPS", in: picture.bytes) && picture.bytes[20] == 0x20)
    #expect(picture.bytes.count == Int(picture.bytes[4]) + 8)
    #expect(picture.size?.width == 9 && picture.size?.height == 7)
  }

  @Test("a GIF loses its comments, and goes on moving")
  func gif() throws {
    let file =
      Array("GIF89a".utf8) + [9, 0, 7, 0, 0x80, 0, 0] + [0, 0, 0, 255, 255, 255]
      + [0x21, 0xFF, 11] + Array("NETSCAPE2.0".utf8) + [3, 1, 0, 0, 0]
      + [0x21, 0xFE, 3] + Array("GPS".utf8) + [0]
      + [0x21, 0xFF, 11] + Array("XMP DataXMP".utf8) + [3] + Array("GPS".utf8) + [0]
      + [0x2C, 0, 0, 0, 0, 9, 0, 7, 0, 0, 2, 2, 0x44, 1, 0, 0x3B] + Array("GPS".utf8)
    let picture = try Picture(file)
    #expect(!has("GPS", in: picture.bytes) && has("NETSCAPE", in: picture.bytes))
    #expect(picture.size?.width == 9 && picture.size?.height == 7)
  }

  @Test(
    "a drawing that could do something is refused",
    arguments: [
      "<script>x</script>", "<rect onload='x'/>", "<rect ONLOAD = \"x\"/>",
      "<a href='https://e.org'><rect/></a>", "<image xlink:href=\"https://e.org/x.png\"/>",
      "<foreignObject/>", "<style>@import url(https://e.org)</style>",
      "<rect fill='url(https://e.org/#a)'/>", "<use href='other.svg#a'/>",
      "<set attributeName='x'/>",
      "<animate attributeName='href'/>",
      "<a href='java&#115;cript:x'/>", "<x:script xmlns:x='http://www.w3.org/2000/svg'/>",
    ])
  func drawing(inner: String) throws {
    #expect(throws: Picture.Fault.self) {
      try Picture(Array("<svg xmlns=\"http://www.w3.org/2000/svg\">\(inner)</svg>".utf8))
    }
    let plain =
      "<svg xmlns=\"http://www.w3.org/2000/svg\"><rect fill='url(#a)'/><use href='#a'/></svg>"
    #expect(try Picture(Array(plain.utf8)).suffix == "svg")
  }

  private func svg(_ text: String) throws -> String {
    String(decoding: try Picture(Array(text.utf8)).bytes, as: UTF8.self)
  }

  @Test(
    "of a drawing goes what shows nothing: comments, metadata, its grammar, what an editor keeps",
    arguments: [
      (
        "<!DOCTYPE svg PUBLIC \"-//W3C//DTD SVG 1.1//EN\"\n \"http://w3.org/svg11.dtd\">\n<svg/>",
        "\n<svg/>"
      ),
      ("<svg><!-- GPS <a href='x'> --><g id='a'/></svg>", "<svg><g id='a'/></svg>"),
      ("<svg><metadata><rdf:RDF x='>'><a/></rdf:RDF></metadata ><g/></svg>", "<svg><g/></svg>"),
      ("<svg inkscape:version='1' x = '1' sodipodi:docname=\"GPS\"/>", "<svg x = '1'/>"),
      (
        "<svg><sodipodi:namedview a='/>'><b/><sodipodi:namedview/></sodipodi:namedview>t</svg>",
        "<svg>t</svg>"
      ),
      (
        "<svg content=\"&lt;mxfile&gt;GPS\" a=\"b\"><g content='c'></g></svg>",
        "<svg a=\"b\"><g content='c'></g></svg>"
      ),
      (
        "<?xml version='1.0'?><svg><style><![CDATA[a<!-- b -->]]></style></svg>",
        "<?xml version='1.0'?><svg><style><![CDATA[a<!-- b -->]]></style></svg>"
      ),
    ])
  func cleanDrawing(_ text: String, _ expected: String) throws {
    #expect(try svg(text) == expected)
    #expect(try svg(expected) == expected)
  }

  @Test(
    "what is left of a drawing is judged, and one that ends in the middle is damaged",
    arguments: [
      ("<svg><metadata/><script/></svg>", Picture.Fault.active("<script")),
      ("<svg><metadata/><a href='x'/></svg>", .active("href")),
      ("<!DOCTYPE svg [<!ENTITY a 'b'>]><svg/>", .active("<!doctype")),
      ("<svg><image href='data:image/svg+xml;base64,PHN2Zy8+'/></svg>", .active("href")),
      ("<svg><image href='data:image/png;base64,PHN2Zy8+'/></svg>", .active("data:")),
      ("<svg><image href='data:image/png;base64,AAAA'/></svg>", .unknownKind),
      ("<svg><!-- x</svg>", .damaged), ("<svg><metadata></svg>", .damaged), ("<svg", .damaged),
      ("<svg a=b/>", .damaged),
    ])
  func judgedDrawing(_ text: String, _ fault: Picture.Fault) {
    #expect(throws: fault) { try svg(text) }
  }

  @Test("a photograph that is written out in a drawing loses where it was taken, too")
  func photographInDrawing() throws {
    func drawing(_ bytes: [UInt8]) -> String {
      "<svg><image xlink:href=\"data:image/jpeg;base64,\(Data(bytes).base64EncodedString())\"/></svg>"
    }
    let photograph = jpeg(orientation: 6)
    #expect(try svg(drawing(photograph)) == drawing(try Picture(photograph).bytes))
  }

  @Test("a picture that ends at any byte is refused or shown, and never a trap")
  func cut() {
    for file in [
      jpeg(orientation: 6), PNG.signature + chunk("IHDR", [0, 0, 0, 9, 0, 0, 0, 7, 8, 6, 0, 0, 0]),
      Array("GIF89a".utf8) + [9, 0, 7, 0, 0x87, 0, 0], Array("RIFFxxxxWEBPVP8X".utf8),
      Array("not a picture".utf8),
    ] {
      for length in 0..<file.count { _ = try? Picture(Array(file[..<length])) }
    }
    #expect(throws: Picture.Fault.unknownKind) { try Picture(Array("%PDF-1.7".utf8)) }
  }
}
