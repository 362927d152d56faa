internal import CCmark
internal import Synchronization

/// The tree of a text in GitHub's Markdown, from cmark-gfm, as a row of steps into and out of its nodes.
///
/// With its extensions cmark-gfm edits a table that all threads share while it parses (cmark-gfm#176),
/// and so gives wrong HTML now and then where two threads parse: one lock keeps them apart.
enum MarkdownTree {
  /// A step into a node, or out of one that has others in it.
  struct Step: Sendable {
    var kind: Kind
    var isEnd = false
    /// The text of a leaf.
    var text = ""
    /// The lines of a paragraph that begins, counted from 0.
    var lines: ClosedRange<Int>?
  }

  enum Kind: Sendable, Hashable {
    case quote, paragraph, html, thematicBreak
    /// A numbered list from some number on, or one of bullets; a tight one has no paragraphs.
    case list(start: Int?, isTight: Bool)
    /// An item; ticked or not, if it is a task.
    case item(isDone: Bool?)
    case heading(level: Int)
    case code(info: String)
    case table
    case row(isHead: Bool)
    case cell(alignment: Alignment?)
    case footnote
    case text, softBreak, lineBreak, codeSpan, inlineHTML
    case emphasis, strong, strikethrough, highlight
    case link(url: String, title: String)
    case image(url: String, title: String)
    case footnoteMark

    /// Whether it holds other steps within a line, up to one that ends it.
    var isSpan: Bool {
      switch self {
      case .emphasis, .strong, .strikethrough, .highlight, .link, .image: true
      default: false
      }
    }
  }

  enum Alignment: String, Sendable { case left, right, center }

  private static let lock = Mutex(false)
  private static let extensions = ["table", "strikethrough", "tasklist", "autolink"]

  /// The steps through a text, without the document itself.
  static func steps(_ bytes: [UInt8]) -> [Step] {
    lock.withLock { isRegistered in
      if !isRegistered {
        cmark_gfm_core_extensions_ensure_registered()
        isRegistered = true
      }
      return parse(bytes)
    }
  }

  private static func parse(_ bytes: [UInt8]) -> [Step] {
    guard let parser = unsafe cmark_parser_new(CMARK_OPT_FOOTNOTES | CMARK_OPT_VALIDATE_UTF8) else {
      return []
    }
    defer { unsafe cmark_parser_free(parser) }
    for name in extensions {
      if let found = unsafe cmark_find_syntax_extension(name) {
        _ = unsafe cmark_parser_attach_syntax_extension(parser, found)
      }
    }
    unsafe bytes.withUnsafeBytes { buffer in
      guard let start = buffer.baseAddress else { return }
      unsafe cmark_parser_feed(parser, start.assumingMemoryBound(to: CChar.self), buffer.count)
    }
    guard let root = unsafe cmark_parser_finish(parser) else { return [] }
    defer { unsafe cmark_node_free(root) }
    guard let walk = unsafe cmark_iter_new(root) else { return [] }
    defer { unsafe cmark_iter_free(walk) }
    var steps: [Step] = []
    while true {
      let event = unsafe cmark_iter_next(walk)
      if event == CMARK_EVENT_DONE { return steps }
      guard let node = unsafe cmark_iter_get_node(walk), let kind = unsafe kind(of: node) else {
        continue
      }
      let isEnd = event == CMARK_EVENT_EXIT
      let text = isEnd ? nil : unsafe cmark_node_get_literal(node)
      var step = Step(
        kind: kind, isEnd: isEnd, text: unsafe text.map { unsafe String(cString: $0) } ?? "")
      if kind == .paragraph, !isEnd { step.lines = unsafe lines(ofParagraph: node) }
      steps.append(step)
    }
  }

  /// The lines of a paragraph, counted from 0.
  ///
  /// One right above a table has none for cmark: they are the first ones of the table.
  private static func lines(ofParagraph node: OpaquePointer) -> ClosedRange<Int>? {
    let hasLines = unsafe cmark_node_get_start_line(node) > 0
    guard let owner = unsafe hasLines ? node : cmark_node_next(node) else { return nil }
    let first = unsafe Int(cmark_node_get_start_line(owner)) - 1
    let last = unsafe Int(cmark_node_get_end_line(owner)) - 1
    return first >= 0 ? first...max(first, last) : nil
  }

  private static func kind(of node: OpaquePointer) -> Kind? {
    func string(_ pointer: UnsafePointer<CChar>?) -> String {
      unsafe pointer.map { unsafe String(cString: $0) } ?? ""
    }
    switch unsafe cmark_node_get_type(node) {
    case CMARK_NODE_BLOCK_QUOTE: return .quote
    case CMARK_NODE_LIST:
      let isNumbered = unsafe cmark_node_get_list_type(node) == CMARK_ORDERED_LIST
      return unsafe .list(
        start: isNumbered ? Int(cmark_node_get_list_start(node)) : nil,
        isTight: cmark_node_get_list_tight(node) != 0)
    case CMARK_NODE_ITEM:
      let isTask = unsafe string(cmark_node_get_type_string(node)) == "tasklist"
      return .item(
        isDone: isTask ? unsafe cmark_gfm_extensions_get_tasklist_item_checked(node) : nil)
    case CMARK_NODE_PARAGRAPH: return .paragraph
    case CMARK_NODE_HEADING: return .heading(level: unsafe Int(cmark_node_get_heading_level(node)))
    case CMARK_NODE_CODE_BLOCK: return .code(info: unsafe string(cmark_node_get_fence_info(node)))
    case CMARK_NODE_HTML_BLOCK: return .html
    case CMARK_NODE_THEMATIC_BREAK: return .thematicBreak
    case CMARK_NODE_FOOTNOTE_DEFINITION: return .footnote
    case CMARK_NODE_TEXT: return .text
    case CMARK_NODE_SOFTBREAK: return .softBreak
    case CMARK_NODE_LINEBREAK: return .lineBreak
    case CMARK_NODE_CODE: return .codeSpan
    case CMARK_NODE_HTML_INLINE: return .inlineHTML
    case CMARK_NODE_EMPH: return .emphasis
    case CMARK_NODE_STRONG: return .strong
    case CMARK_NODE_LINK:
      return unsafe .link(
        url: string(cmark_node_get_url(node)), title: string(cmark_node_get_title(node)))
    case CMARK_NODE_IMAGE:
      return unsafe .image(
        url: string(cmark_node_get_url(node)), title: string(cmark_node_get_title(node)))
    case CMARK_NODE_FOOTNOTE_REFERENCE: return .footnoteMark
    default: return unsafe extensionKind(of: node)
    }
  }

  /// The kinds of the extensions, whose numbers are not in the headers.
  private static func extensionKind(of node: OpaquePointer) -> Kind? {
    guard let name = unsafe cmark_node_get_type_string(node) else { return nil }
    switch unsafe String(cString: name) {
    case "table": return .table
    case "table_header": return .row(isHead: true)
    case "table_row": return .row(isHead: false)
    case "table_cell": return unsafe .cell(alignment: alignment(of: node))
    case "strikethrough": return .strikethrough
    default: return nil
    }
  }

  private static func alignment(of cell: OpaquePointer) -> Alignment? {
    var column = 0
    var before = unsafe cmark_node_previous(cell)
    while let other = unsafe before {
      column += 1
      unsafe before = cmark_node_previous(other)
    }
    guard let row = unsafe cmark_node_parent(cell), let table = unsafe cmark_node_parent(row)
    else { return nil }
    let columns = unsafe Int(cmark_gfm_extensions_get_table_columns(table))
    guard column < columns, let all = unsafe cmark_gfm_extensions_get_table_alignments(table)
    else { return nil }
    switch unsafe all[column] {
    case UInt8(ascii: "l"): return .left
    case UInt8(ascii: "r"): return .right
    case UInt8(ascii: "c"): return .center
    default: return nil
    }
  }
}
