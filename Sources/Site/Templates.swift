public import Markup
internal import Mustache

/// What turns values into pages: templates in Mustache, which may have each other as parts.
public struct PageTemplates: Sendable {
  private let library: MustacheLibrary

  /// Reads templates, by their names, which end with `.mustache`.
  ///
  /// - Throws: `SiteError.badTemplate` for one that Mustache does not understand.
  public init(_ files: [(name: String, bytes: [UInt8])]) throws(SiteError) {
    MustacheContentTypes.register(EscapedByBytes(), named: EscapedByBytes.name)
    var library = MustacheLibrary()
    for (name, bytes) in files {
      do {
        try library.register(
          "{{% CONTENT_TYPE:\(EscapedByBytes.name)}}" + String(decoding: bytes, as: UTF8.self),
          named: String(name.dropLast(9)))
      } catch {
        throw .badTemplate(name: name, why: "\(error)")
      }
    }
    self.library = library
  }

  /// The values `hasContents` and `contents` of a page that shows a text: its sections.
  public static func contents(of document: Document) -> [String: Any] {
    let headings = document.headings.filter { $0.level == 2 || $0.level == 3 }
    return [
      "hasContents": headings.count > 2,
      "contents": headings.map { heading -> [String: Any] in
        [
          "level": heading.level, "label": escapedHTML(heading.text),
          "url": HTMLRenderer.url(path: "", fragment: heading.anchor),
        ]
      },
    ]
  }

  /// A page by its template's name, without the end.
  public func render(_ template: String, _ values: [String: Any]) -> [UInt8] {
    Array((library.render(PageValues(values), withTemplate: template) ?? "").utf8)
  }
}

/// Text as HTML has it.
///
/// Mustache's own way takes a text apart into what a reader calls characters: a quotation mark with an
/// accent on it is another one than a quotation mark, and would end an attribute.
private struct EscapedByBytes: MustacheContentType {
  static let name = "NOTES"

  func escapeText(_ text: String) -> String { escapedHTML(text) }
}

/// Values by their names, as Mustache asks for them.
///
/// A dictionary would do, but whether it is one that can be asked by name is found out anew each time.
private struct PageValues: MustacheParent {
  private let values: [String: Any]

  init(_ values: [String: Any]) {
    self.values = values.mapValues(Self.wrapped)
  }

  func child(named name: String) -> Any? { values[name] }

  private static func wrapped(_ value: Any) -> Any {
    switch value {
    case let text as String: text
    case let list as [[String: Any]]: list.map(PageValues.init)
    case let part as [String: Any]: PageValues(part)
    default: value
    }
  }
}

/// The theme of a site: its templates, or the user's own in their place.
struct Templates {
  private let pages: PageTemplates
  /// Files that pages load, such as the style sheet.
  let files: [(name: String, bytes: [UInt8])]

  /// The files of the theme, by their names.
  private static let theme: [(name: String, bytes: [UInt8])] = [
    ("layout.mustache", PackageResources.layout_mustache),
    ("index.mustache", PackageResources.index_mustache),
    ("post.mustache", PackageResources.post_mustache),
    ("changes.mustache", PackageResources.changes_mustache),
    ("history.mustache", PackageResources.history_mustache),
    ("evolution.mustache", PackageResources.evolution_mustache),
    ("list.mustache", PackageResources.list_mustache),
    ("graph.mustache", PackageResources.graph_mustache),
    ("search.mustache", PackageResources.search_mustache),
    ("redirect.mustache", PackageResources.redirect_mustache),
    ("style.css", PackageResources.style_css),
    ("read.js", PackageResources.read_js),
    ("search.js", PackageResources.search_js),
    ("icon.svg", PackageResources.icon_svg),
  ]

  /// The names that a user's own theme may have files for.
  static var names: [String] { theme.map(\.name) }

  /// Reads the theme.
  ///
  /// - Parameter own: The user's own files, by their names.
  /// - Throws: `SiteError.badTemplate` for one that Mustache does not understand.
  init(own: [String: [UInt8]]) throws(SiteError) {
    let all = Self.theme.map { (name: $0.name, bytes: own[$0.name] ?? $0.bytes) }
    pages = try PageTemplates(all.filter { $0.name.hasSuffix(".mustache") })
    files = all.filter { !$0.name.hasSuffix(".mustache") }
  }

  /// A page by its template.
  func render(_ template: String, _ values: [String: Any]) -> [UInt8] {
    pages.render(template, values)
  }
}
