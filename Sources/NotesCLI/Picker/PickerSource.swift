internal import NoteIndex
internal import Vault

/// Where the picker's notes come from: the same search as without it.
struct PickerSource {
  let index: NoteIndex
  let filter: Filter
  let sort: [Sort]
  let limit: Int
  let clock: @Sendable () -> Int64
  let offset: @Sendable (Int64) -> Int
  let conflicted: [NotePath]

  /// The notes for what was typed so far; for nothing, those that were changed last.
  func items(_ typed: String) throws -> (items: [PickerItem], total: Int?) {
    let query = query(typed)
    if query.isEmpty {
      let order = sort.isEmpty ? [Sort(.modified, isDescending: true)] : sort
      let notes = try index.list(filter, sort: order, limit: limit)
      return (notes.map { PickerItem(path: $0.path, title: $0.title) }, try index.count(filter))
    }
    let found = try search(query, limit: limit, snippets: 0)
    let items = found.hits.map {
      PickerItem(path: $0.note.path, title: $0.note.title, isRelated: $0.isRelated)
    }
    return (items, found.total)
  }

  /// The best passages of the note at a place of the list, each behind its line.
  func preview(_ typed: String, at place: Int, of item: PickerItem) throws -> [StyledText] {
    let query = query(typed)
    if query.isEmpty { return lead(of: item) }
    let hit = try search(query, limit: 1, after: place, snippets: 2).hits.first
    // The list may be older than the index by now.
    guard let hit, hit.note.path == item.path else { return lead(of: item) }
    return hit.snippets.map { StyledText("\($0.matchLine): ", .dim) + $0.styled }
  }

  private func lead(of item: PickerItem) -> [StyledText] {
    let found = try? index.find(item.path.text, from: index.vault.root, limit: 1).first
    let lead = found?.lead.onOneLine ?? ""
    return lead.isEmpty ? [] : [StyledText(lead)]
  }

  private func query(_ typed: String) -> Query {
    let now = clock() / 1_000_000_000
    return Query(typed, now: now, offset: offset(now))
  }

  private func search(
    _ query: Query, limit: Int, after: Int = 0, snippets: Int
  ) throws -> SearchResult {
    try index.search(
      query, filter: filter, sort: sort, limit: limit, offset: after, snippets: snippets,
      counting: true, fillsUp: true, conflicted: conflicted)
  }
}
