/// The names of a note's headings, as GitHub makes them, each used once.
struct Anchors {
  private var counts: [String: Int] = [:]

  /// Lower case, without punctuation, blanks as hyphens.
  static func slug(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "a"..."z", "0"..."9", "-", "_": result.unicodeScalars.append(scalar)
      case "A"..."Z": result += String(scalar).lowercased()
      case " ", "\t": result += "-"
      case "\0"..."\u{7F}": break
      default:
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
          .nonspacingMark, .spacingMark, .enclosingMark, .decimalNumber, .letterNumber,
          .connectorPunctuation:
          result += scalar.properties.lowercaseMapping
        default: break
        }
      }
    }
    return result
  }

  /// The words alone in lower case, with one hyphen for whatever stands between two.
  static func words(_ text: String) -> String {
    var words = ""
    var isApart = false
    for scalar in text.unicodeScalars {
      let letter = slug(String(scalar))
      if letter.isEmpty || letter == "-" || letter == "_" {
        isApart = !words.isEmpty
        continue
      }
      if isApart { words += "-" }
      isApart = false
      words += letter
    }
    return words
  }

  /// The name itself the first time, then with `-1`, `-2`, ….
  mutating func name(for slug: String) -> String {
    guard var count = counts[slug] else {
      counts[slug] = 0
      return slug
    }
    var name: String
    repeat {
      count += 1
      name = slug + "-" + String(count)
    } while counts[name] != nil
    counts[slug] = count
    counts[name] = 0
    return name
  }
}

extension Document {
  /// The names on a page of its headings, blocks and elements of HTML, by what links may call them: the
  /// name itself, the words of a heading that has a name of its author's, `{#name}`, and the words of each
  /// with a hyphen for every sign, as Obsidian writes a link.
  public var fragments: [String: String] {
    var fragments: [String: String] = [:]
    for heading in headings { fragments[heading.anchor] = heading.anchor }
    for block in blockIDs { fragments["^" + block] = "^" + block }
    for name in elementNames { fragments[name] = name }
    for heading in headings {
      let words = Anchors.slug(heading.text)
      if fragments[words] == nil { fragments[words] = heading.anchor }
    }
    for heading in headings {
      let words = Anchors.words(heading.text)
      if !words.isEmpty, fragments[words] == nil { fragments[words] = heading.anchor }
    }
    return fragments
  }

  /// The names of elements as a page has them: as they are written, and as its links have them.
  var pageNamesOfElements: Set<String> {
    Set(elementNames.flatMap { [$0, Anchors.slug($0)] }).subtracting(headings.map(\.anchor))
      .subtracting([""])
  }
}
