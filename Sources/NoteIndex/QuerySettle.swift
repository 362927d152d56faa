internal import GRDB
internal import Vault

extension Query {
  /// Decides what can only be decided with the index at hand.
  ///
  /// Each `key:value` is front matter where any note has the key, else text that ranks. Each name
  /// behind `links-to:` and `linked-by:` becomes the notes that have it. With `keepsKeys` no
  /// `key:value` is text.
  mutating func settle(_ db: Database, in index: NoteIndex, keepsKeys: Bool = false) throws {
    guard let node = required else { return }
    var settler = Settler(db: db, index: index, keepsKeys: keepsKeys)
    required = try settler.settle(node, canLoosen: true)
    unresolved += settler.unresolved
    readAsText += settler.readAsText
    for term in settler.loose {
      if !scoring.contains(term) { scoring.append(term) }
      needsScore = true
    }
  }
}

/// Settles a tree.
private struct Settler {
  let db: Database
  let index: NoteIndex
  let keepsKeys: Bool
  var unresolved: [String] = []
  var readAsText: [String] = []
  /// Terms that need not be there.
  var loose: [Query.Term] = []

  /// `nil` for what does not have to hold.
  ///
  /// `canLoosen` says that a text beside the other parts would be a word like others: neither `NOT`
  /// nor `OR` is above it.
  mutating func settle(_ node: Query.Node, canLoosen: Bool) throws -> Query.Node? {
    switch node {
    case .term, .regex: return node
    case .filter(let filter): return try settle(filter)
    case .keyed(let keyed):
      if keepsKeys { return node }
      for entry in keyed.entries where try isKey(entry.key) { return node }
      readAsText.append(keyed.term.text)
      guard keyed.term.hasWord else { return nil }
      guard canLoosen else { return .term(keyed.term) }
      loose.append(keyed.term)
      return nil
    case .all(let nodes):
      var settled: [Query.Node] = []
      for node in nodes {
        if let node = try settle(node, canLoosen: canLoosen) { settled.append(node) }
      }
      return settled.isEmpty ? nil : .all(settled)
    case .any(let nodes):
      return .any(try nodes.compactMap { try settle($0, canLoosen: false) })
    case .not(let node): return try settle(node, canLoosen: false).map(Query.Node.not)
    }
  }

  private func isKey(_ key: String) throws -> Bool {
    let (sql, name) = Condition.equal("key", key)
    return try Bool.fetchOne(
      db, sql: "SELECT EXISTS (SELECT 1 FROM metadata WHERE \(sql))", arguments: [name]) ?? false
  }

  private mutating func settle(_ filter: Filter) throws -> Query.Node {
    if filter.linksToNames.isEmpty, filter.linkedByNames.isEmpty { return .filter(filter) }
    var rest = filter
    rest.linksToNames = []
    rest.linkedByNames = []
    var nodes: [Query.Node] = rest == Filter() ? [] : [.filter(rest)]
    for name in filter.linksToNames { nodes.append(try notes(name) { $1.linksTo = [$0] }) }
    for name in filter.linkedByNames { nodes.append(try notes(name) { $1.linkedBy = [$0] }) }
    return nodes.count == 1 ? nodes[0] : .all(nodes)
  }

  /// One of the notes that a name means; of none, nothing fits.
  private mutating func notes(
    _ name: String, _ set: (NotePath, inout Filter) -> Void
  ) throws -> Query.Node {
    let paths = try index.paths(named: name, db)
    if paths.isEmpty { unresolved.append(name) }
    return .any(
      paths.map { path in
        var filter = Filter()
        set(path, &filter)
        return .filter(filter)
      })
  }
}
