internal import Git
internal import Markup

extension Version {
  /// Which of a post's texts each version was cut of: its place among them, the newest of which comes
  /// first, by the version's number.
  ///
  /// A text can have come back, as one that was restored does. The version is of the one that stood when
  /// it was cut, else of the first since then: the snapshot is made after the cut. `fact` says of a text
  /// what its blob is, and when its snapshot was made, in seconds since 1970.
  public static func places<Text>(
    of versions: [Version], among texts: [Text],
    _ fact: (Text) -> (blob: String?, seconds: Int64)
  ) -> [Int: Int] {
    let facts = texts.map(fact)
    var placesOf: [String: [Int]] = [:]
    for (place, fact) in facts.enumerated() {
      if let blob = fact.blob { placesOf[blob, default: []].append(place) }
    }
    var found: [Int: Int] = [:]
    var taken: Set<Int> = []
    for version in versions {
      guard let places = placesOf[version.text.description], let newest = places.first else {
        continue
      }
      var place = newest
      if places.count > 1, let date = DateText(version.created) {
        let cut = Int64(date.secondsSince1970)
        if let standing = facts.firstIndex(where: { $0.seconds <= cut }), places.contains(standing)
        {
          place = standing
        } else {
          // Commits that were made anew, as by a rebase, are all later than what was cut of them.
          let since = places.filter { facts[$0].seconds >= cut }
          place = since.last { !taken.contains($0) } ?? since.last ?? newest
        }
      }
      found[version.number] = place
      taken.insert(place)
    }
    return found
  }
}
