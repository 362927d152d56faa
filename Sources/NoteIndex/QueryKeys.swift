internal import Markup

/// What `key:value` asks for.
struct QueryKeys {
  /// The time, in seconds since 1970.
  let now: Int64?
  /// How far the user's clock is ahead of UTC.
  let offset: Int

  /// What a key with its values asks for; `nil` where they cannot be understood.
  func node(_ key: String, _ part: QueryToken.Part) -> Query.Node? {
    let isAny = part.text == "*" && !part.isQuoted
    switch key {
    case "tag", "tags":
      if isAny { return has(.tag) }
      return either(part.values) { value, filter in
        filter.tags = [value.hasPrefix("#") ? String(value.dropFirst()) : value]
      }
    case "type": return isAny ? keyed(key, part) : either(part.values) { $1.types = [$0] }
    case "path", "in": return either(part.values) { $1.paths = [$0] }
    case "lang", "language":
      return isAny ? has(.code) : either(part.values) { $1.languages = [$0] }
    case "cites":
      if isAny { return has(.citation) }
      return either(part.values) { value, filter in
        filter.cites = [value.hasPrefix("@") ? String(value.dropFirst()) : value]
      }
    case "links-to": return isAny ? has(.link) : either(part.values) { $1.linksToNames = [$0] }
    case "linked-by":
      return isAny ? has(.backlink) : either(part.values) { $1.linkedByNames = [$0] }
    case "created", "date": return time(part.text) { $1.created = $0 }
    case "modified", "updated": return time(part.text) { $1.modified = $0 }
    case "has": return each(part.values) { has($0, part) }
    case "is": return each(part.values, isKind)
    default: return keyed(key, part)
    }
  }

  // MARK: Filters

  private func either(_ values: [String], _ set: (String, inout Filter) -> Void) -> Query.Node? {
    each(values) { value in
      var filter = Filter()
      set(value, &filter)
      return .filter(filter)
    }
  }

  /// One of some values; `nil` where one of them is not understood.
  private func each(_ values: [String], _ make: (String) -> Query.Node?) -> Query.Node? {
    let nodes = values.compactMap(make)
    guard nodes.count == values.count else { return nil }
    return nodes.count > 1 ? .any(nodes) : nodes.first
  }

  private func time(
    _ text: String, _ set: (Filter.Time, inout Filter) -> Void
  ) -> Query.Node? {
    guard let time = Filter.Time(typed: text, now: now, offset: offset) else { return nil }
    var filter = Filter()
    set(time, &filter)
    return .filter(filter)
  }

  private func has(_ thing: Filter.Thing) -> Query.Node {
    var filter = Filter()
    filter.has = [thing]
    return .filter(filter)
  }

  /// `has:link`, and `has:due` for a key of the front matter.
  private func has(_ value: String, _ part: QueryToken.Part) -> Query.Node? {
    if let thing = Filter.Thing(typed: value) { return has(thing) }
    return .keyed(Query.Keyed(entries: [.init(value)], term: .init("has:" + value)))
  }

  private func isKind(_ value: String) -> Query.Node? {
    var filter = Filter()
    switch value.lowercased() {
    case "post", "note": filter.types = [value]
    case "orphan": filter.isOrphan = true
    case "conflicted": filter.isConflicted = true
    case "private": filter.metadata = [.init("private", "true")]
    case "draft":
      var other = Filter()
      filter.metadata = [.init("draft", "true")]
      other.metadata = [.init("status", "draft")]
      return .any([.filter(filter), .filter(other)])
    default: return nil
    }
    return .filter(filter)
  }

  // MARK: Front matter

  private func keyed(_ key: String, _ part: QueryToken.Part) -> Query.Node? {
    let term = Query.Term(
      String((key + ":" + part.text).prefix(1_000)), part.isQuoted ? .phrase : .word)
    guard !part.text.isEmpty else { return nil }
    if part.text == "*", !part.isQuoted {
      return .keyed(Query.Keyed(entries: [.init(key)], term: term))
    }
    if let entry = compared(key, part) {
      return .keyed(Query.Keyed(entries: [entry], term: term))
    }
    // A value with a comma in it is one, too.
    let values = part.values.count > 1 ? [part.text] + part.values : [part.text]
    return .keyed(Query.Keyed(entries: values.map { .init(key, $0) }, term: term))
  }

  /// `key:>value`, `key:a..b`.
  private func compared(_ key: String, _ part: QueryToken.Part) -> Filter.Metadata? {
    var entry = Filter.Metadata(key)
    let text = part.text
    for mark in [">=", "<=", ">", "<"] where text.hasPrefix(mark) {
      guard let bound = bound(text.dropFirst(mark.count), isIncluded: mark.count == 2) else {
        return nil
      }
      if mark.hasPrefix(">") { entry.from = bound } else { entry.to = bound }
      return entry
    }
    guard !part.isQuoted, let dots = text.firstRange(of: "..") else { return nil }
    entry.from = bound(text[..<dots.lowerBound], isIncluded: true)
    entry.to = bound(text[dots.upperBound...], isIncluded: true)
    return entry.from == nil && entry.to == nil ? nil : entry
  }

  private func bound(_ text: Substring, isIncluded: Bool) -> Filter.Metadata.Bound? {
    guard !text.isEmpty else { return nil }
    let words = TimeWords(String(text), now: now, offset: offset)
    var days = words?.range
    if let first = days?.lowerBound, words?.isOpen == true { days = first..<first }
    return Filter.Metadata.Bound(text: String(text), days: days, isIncluded: isIncluded)
  }
}
