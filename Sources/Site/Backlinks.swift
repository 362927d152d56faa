internal import Markup

/// Which posts link to which, in their newest versions, with the paragraphs that do.
struct Backlinks: Sendable {
  struct Link: Sendable {
    /// The post that links.
    let source: Int
    /// The place of the block in which it does, among the text's.
    let block: Int
  }

  private var links: [Int: [Link]] = [:]

  init(of posts: [Post], _ names: Names) {
    for (source, post) in posts.enumerated() {
      let content = post.latest.content
      for link in content.document.links where !link.isExternal && !link.target.isEmpty {
        guard let goal = names.post(HTMLRenderer.Target(link), from: content.path),
          goal != source,
          let block = content.document.blocks.firstIndex(where: {
            $0.range.contains(link.range.lowerBound)
          })
        else { continue }
        let isKnown = links[goal]?.contains { $0.source == source && $0.block == block }
        if isKnown != true { links[goal, default: []].append(Link(source: source, block: block)) }
      }
    }
  }

  /// The links to a post, in the order of the site.
  func to(_ post: Int) -> [Link] { links[post] ?? [] }
}

/// Which trails lead through which posts.
struct TrailSteps {
  struct Step {
    /// The trail.
    let trail: Int
    let previous: Int?
    let next: Int?
  }

  private var steps: [Int: [Step]] = [:]

  init(of site: Site) {
    for (trail, post) in site.posts.enumerated() where post.isTrail {
      let content = post.latest.content
      var order: [Int] = []
      for item in content.document.trailItems {
        let link = content.document.links[item.link]
        if let goal = site.names.post(HTMLRenderer.Target(link), from: content.path),
          !order.contains(goal)
        {
          order.append(goal)
        }
      }
      for (place, goal) in order.enumerated() {
        steps[goal, default: []].append(
          Step(
            trail: trail, previous: place > 0 ? order[place - 1] : nil,
            next: place + 1 < order.count ? order[place + 1] : nil))
      }
    }
  }

  /// The trails through a post.
  func through(_ post: Int) -> [Step] { steps[post] ?? [] }
}
