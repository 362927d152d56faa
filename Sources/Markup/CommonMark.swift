internal import CCmark

/// The block structure of a text, from cmark-gfm: the only file that meets it.
///
/// No extension is attached here, so nothing global is touched and texts may be parsed in parallel:
/// what is not thread-safe in cmark-gfm is the table of special characters that its extensions edit.
/// (Tables are recognised by `Table`, which has no table bomb.)
enum CommonMark {
  /// A block that cmark found, in the order of the text; lists and the document are left out.
  struct Node: Sendable {
    enum Kind: Sendable {
      case quote, footnote, item, paragraph, heading, fencedCode, indentedCode, html, thematicBreak
    }
    var kind: Kind
    /// The lines it stands on, counted from 0.
    var firstLine: Int
    var lastLine: Int
    /// The byte of its first line where it begins, counted from 0.
    var column: Int
    var level = 0
    /// How many block quotes it stands in.
    var quotes = 0
  }

  /// The blocks of a text; `prelude` is a paragraph before it that refers to its footnotes.
  ///
  /// cmark drops footnotes that nothing refers to, and the text it gets here has no references left.
  static func nodes(prelude: [UInt8], text: [UInt8]) -> [Node] {
    guard let parser = unsafe cmark_parser_new(CMARK_OPT_FOOTNOTES) else { return [] }
    defer { unsafe cmark_parser_free(parser) }
    unsafe feed(prelude, to: parser)
    unsafe feed(text, to: parser)
    guard let root = unsafe cmark_parser_finish(parser) else { return [] }
    defer { unsafe cmark_node_free(root) }
    let skipped = prelude.isEmpty ? 0 : 2
    var nodes: [Node] = []
    nodes.reserveCapacity(text.count / 8)
    // A walk by first child, next and parent: depth costs no stack, and inlines are not visited.
    var current = unsafe cmark_node_first_child(root)
    var quotes = 0
    while let node = unsafe current {
      let kind = unsafe Self.kind(of: node)
      if let kind {
        let first = unsafe Int(cmark_node_get_start_line(node)) - 1 - skipped
        let last = unsafe Int(cmark_node_get_end_line(node)) - 1 - skipped
        if first >= 0 {
          nodes.append(
            Node(
              kind: kind, firstLine: first, lastLine: max(first, last),
              column: unsafe max(0, Int(cmark_node_get_start_column(node)) - 1),
              level: kind == .heading ? unsafe Int(cmark_node_get_heading_level(node)) : 0,
              quotes: quotes))
        }
      }
      let isContainer = kind == nil || kind == .quote || kind == .footnote || kind == .item
      if isContainer, let child = unsafe cmark_node_first_child(node) {
        if kind == .quote { quotes += 1 }
        unsafe current = child
        continue
      }
      unsafe current = node
      while let done = unsafe current, unsafe cmark_node_next(done) == nil {
        unsafe current = cmark_node_parent(done)
        guard let parent = unsafe current, unsafe parent != root else { return sorted(nodes) }
        if unsafe Self.kind(of: parent) == .quote { quotes -= 1 }
      }
      if let done = unsafe current { unsafe current = cmark_node_next(done) }
    }
    return sorted(nodes)
  }

  private static func feed(_ bytes: [UInt8], to parser: OpaquePointer) {
    unsafe bytes.withUnsafeBytes { buffer in
      guard let start = buffer.baseAddress else { return }
      unsafe cmark_parser_feed(
        parser, start.assumingMemoryBound(to: CChar.self), buffer.count)
    }
  }

  /// Footnotes come last in cmark's tree; here they stand where they were written.
  private static func sorted(_ nodes: [Node]) -> [Node] {
    var isSorted = true
    for index in nodes.indices.dropFirst()
    where nodes[index].firstLine < nodes[index - 1].firstLine {
      isSorted = false
      break
    }
    if isSorted { return nodes }
    return nodes.enumerated().sorted {
      ($0.element.firstLine, $0.offset) < ($1.element.firstLine, $1.offset)
    }.map(\.element)
  }

  private static func kind(of node: OpaquePointer) -> Node.Kind? {
    switch unsafe cmark_node_get_type(node) {
    case CMARK_NODE_BLOCK_QUOTE: return .quote
    case CMARK_NODE_FOOTNOTE_DEFINITION: return .footnote
    case CMARK_NODE_ITEM: return .item
    case CMARK_NODE_PARAGRAPH: return .paragraph
    case CMARK_NODE_HEADING: return .heading
    case CMARK_NODE_CODE_BLOCK:
      var length: Int32 = 0
      var offset: Int32 = 0
      var character: CChar = 0
      let isFenced = unsafe cmark_node_get_fenced(node, &length, &offset, &character)
      return isFenced != 0 ? .fencedCode : .indentedCode
    case CMARK_NODE_HTML_BLOCK: return .html
    case CMARK_NODE_THEMATIC_BREAK: return .thematicBreak
    default: return nil
    }
  }
}
