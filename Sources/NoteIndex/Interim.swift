// interim, until the parser is merged
extension Query.Term {
  enum Kind { case word, phrase, prefix }
  var kind: Kind { isPrefix ? .prefix : text.contains(" ") ? .phrase : .word }
}
extension Query { var scoring: [Term] { groups.flatMap(\.self) } }
