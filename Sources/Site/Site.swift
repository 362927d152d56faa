internal import Markup
public import Vault

/// A file of the site.
public struct SiteFile: Sendable {
  /// Where it stands, as a path from the site's top.
  public let path: String
  /// What it holds.
  public let bytes: [UInt8]

  /// A file at a path.
  public init(path: String, bytes: [UInt8]) {
    self.path = path
    self.bytes = bytes
  }
}

/// The site of a vault's posts: pages made of their versions, and of nothing else.
public struct Site: Sendable {
  let posts: [Post]
  let withdrawn: [WithdrawnPost]
  let names: Names
  let settings: SiteSettings
  let templates: Templates
  let pictures: PictureStore
  let tools: PageTools
  /// The tags of the posts, by the alphabet.
  let tags: [SiteTag]
  /// The pages of the tags, by their names in lower case.
  let tagPlaces: [String: String]
  /// Which posts link to which.
  let links: Backlinks
  /// The same, without trails, as the graph has it.
  let graph: PostGraph
  /// The parts of the site that each page leads to.
  let sections: [(label: String, place: String)]

  /// Puts a site together.
  ///
  /// - Parameters:
  ///   - posts: The posts.
  ///   - settings: What the site is called, and where it will stand.
  ///   - theme: The user's own files of the theme, by their names.
  ///   - pictures: The pictures that the posts show.
  ///   - tools: What sets formulas and colours code.
  /// - Throws: `SiteError.badTemplate`.
  public init(
    of posts: PublicPosts, settings: SiteSettings, theme: [String: [UInt8]],
    pictures: PictureStore, tools: PageTools = PageTools()
  ) throws(SiteError) {
    self.posts = posts.posts
    withdrawn = posts.withdrawn
    names = posts.names
    self.settings = settings
    templates = try Templates(own: theme)
    self.pictures = pictures
    self.tools = tools
    tags = SiteTag.all(of: posts.posts)
    tagPlaces = Dictionary(uniqueKeysWithValues: tags.map { ($0.name.lowercased(), $0.place) })
    links = Backlinks(of: posts.posts, posts.names)
    graph = PostGraph(of: posts.posts, links)
    var sections = [("Updates", "updates/")]
    if posts.posts.contains(where: \.isTrail) { sections.append(("Trails", "trails/")) }
    if !tags.isEmpty { sections.append(("Tags", "tags/")) }
    if !graph.nodes.isEmpty { sections.append(("Graph", "graph/")) }
    if !posts.posts.isEmpty { sections.append(("Search", "search/")) }
    self.sections = sections
  }

  /// The names that a user's own theme may have files for.
  public static var themeNames: [String] { Templates.names }

  /// The style sheet and the icon of the theme that is built in, for other pages than a site's.
  public static var style: (sheet: [UInt8], icon: [UInt8]) {
    (PackageResources.style_css, PackageResources.icon_svg)
  }

  /// The posts that are on it.
  public var published: [PublishedPost] {
    posts.map {
      PublishedPost(
        path: $0.path, title: $0.title, place: $0.place, versions: $0.readable.map(\.edition.name),
        hidden: $0.latest.content.hidden)
    }
  }

  /// The posts of which readers are told that they were withdrawn, each with the folder of its page.
  public var withdrawnPosts: [(path: NotePath, place: String)] {
    withdrawn.map { ($0.path, $0.place) }
  }

  /// Whether the site has a place on the web.
  var isHosted: Bool { settings.base != nil }

  private static let portion = 32

  /// Whether any text has a formula.
  private var hasMath: Bool {
    posts.contains { $0.readable.contains { !$0.content.document.math.isEmpty } }
  }

  /// Makes the files one after the other: those of a post before those that lead to it.
  public func eachFile(_ take: (SiteFile) throws -> Void) throws {
    // Else GitHub Pages runs Jekyll, which leaves out `_.json` and makes pages of `index.md`.
    try take(SiteFile(path: ".nojekyll", bytes: []))
    for (name, bytes) in templates.files { try take(SiteFile(path: name, bytes: bytes)) }
    if hasMath { for file in tools.mathFiles() { try take(file) } }
    let trails = TrailSteps(of: self)
    try pictures.eachFile(take)
    // Pages are made side by side, some posts at a time: a large site is never in memory as a whole. While
    // those of some are taken, the next ones are made; behind the posts, what many of them are on.
    func files(from start: Int) -> Later<[[SiteFile]]> {
      guard start < posts.count else { return filesOfAll() }
      return Later {
        Array(start..<min(start + Self.portion, posts.count)).mapSideBySide { place in
          PostPages(of: place, in: self, trails).files()
        }
      }
    }
    var next = files(from: 0)
    for start in stride(from: 0, to: posts.count, by: Self.portion) {
      let made = next.value
      next = files(from: start + Self.portion)
      for file in made.joined() { try take(file) }
    }
    for file in next.value.joined() { try take(file) }
    for post in withdrawn { for file in pages(of: post) { try take(file) } }
  }

  /// The files that many posts are on, in an order in which what leads to others comes last.
  private func filesOfAll() -> Later<[[SiteFile]]> {
    Later {
      let parts = [searchFiles] + listPages + [{ [graphPage()].compactMap(\.self) }, feeds]
      return parts.mapSideBySide { $0() }
    }
  }

  /// What the links of a text lead to.
  private func goal(
    _ target: HTMLRenderer.Target, from content: Post.Content, _ page: TextPage
  ) -> HTMLRenderer.Goal? {
    if target.name.isEmpty {
      guard let fragment = content.fragment(of: target) else { return nil }
      guard let place = page.own else {
        return HTMLRenderer.Goal(HTMLRenderer.url(path: "", fragment: fragment))
      }
      return HTMLRenderer.Goal(page.address.url(place, fragment: fragment))
    }
    if let found = names.post(target, from: content.path) {
      let post = posts[found]
      let label = names.isFileName(target.name) ? post.title : nil
      let edition =
        if let pin = target.pin {
          post.edition(pinnedBy: pin)
        } else {
          page.day.flatMap { post.edition(at: $0) }
        }
      let place = edition.map { post.place(of: $0) } ?? post.place
      let fragment = (edition?.content ?? post.latest.content).fragment(of: target)
      return HTMLRenderer.Goal(page.address.url(place, fragment: fragment), label: label)
    }
    guard
      let picture = pictures.picture(
        target.name, from: content.path, in: content.pictures)
    else { return nil }
    return HTMLRenderer.Goal(page.address.url(picture.place), size: picture.size)
  }

  /// The post that an embed shows, as it was when the text of the page was.
  private func embedded(
    _ target: HTMLRenderer.Target, from content: Post.Content, _ page: TextPage
  ) -> HTMLRenderer.Embedded? {
    if target.name.isEmpty {
      return HTMLRenderer.Embedded(
        content.document, below: content.heading, by: renderer(of: content, on: page))
    }
    guard let post = names.post(target, from: content.path).map({ posts[$0] }) else { return nil }
    var edition: Post.Edition? = post.latest.edition
    if let pin = target.pin {
      edition = post.edition(pinnedBy: pin)
    } else if let day = page.day {
      edition = post.edition(at: day)
    }
    guard let edition, let shown = edition.content else { return nil }
    let own = edition.number == post.latest.edition.number ? post.place : post.place(of: edition)
    let part = TextPage(page.address, own: own, day: page.day)
    return HTMLRenderer.Embedded(
      shown.document, below: shown.heading, by: renderer(of: shown, on: part))
  }

  /// What renders a text of the site on some page.
  func renderer(of content: Post.Content, on page: TextPage) -> HTMLRenderer {
    var renderer = HTMLRenderer { goal($0, from: content, page) }
    renderer.embedded = { embedded($0, from: content, page) }
    renderer.loadsRemotePictures = false
    renderer.formula = tools.formula
    renderer.highlight = tools.highlight
    renderer.trial = tools.trial
    return renderer
  }
}

/// The page on which a text is shown.
struct TextPage {
  /// How it links to others.
  let address: Address
  /// The place of the page that shows the text by itself, for links within it; `nil` where that is
  /// this page.
  let own: String?
  /// Other posts are linked to as they were on this day; `nil` for as they are.
  var day: String?

  init(_ address: Address, own: String?, day: String? = nil) {
    self.address = address
    self.own = own
    self.day = day
  }
}

/// What sets formulas and colours code, where there is something that can.
public struct PageTools: Sendable {
  /// The HTML of a formula; `nil` where it stays TeX.
  public var formula: @Sendable (_ tex: String, _ isDisplay: Bool) -> String? = { _, _ in nil }
  /// The HTML of code; `nil` where it stays plain.
  public var highlight: @Sendable (_ code: String, _ language: String) -> String? = { _, _ in nil }

  /// Whether a large text can be rendered in reasonable time and memory.
  public var trial: @Sendable (_ text: [UInt8]) -> Bool = { _ in true }

  /// The style sheet of pages with formulas, as a path from the site's top.
  public var mathStyle: String?
  /// What those pages load, the style sheet among it; asked for only where there are formulas.
  public var mathFiles: @Sendable () -> [SiteFile] = { [] }

  /// Nothing that could.
  public init() {}
}

/// A post that is on the site.
public struct PublishedPost: Sendable {
  /// Where the note stands in the vault.
  public let path: NotePath
  /// Its title.
  public let title: String
  /// The folder of its page, from the site's top.
  public let place: String
  /// Its versions that can be read there, such as `v1`.
  public let versions: [String]
  /// What stands in the links of its newest version that lead to nothing published, where nothing
  /// else could be shown for them.
  public let hidden: [String]
}
