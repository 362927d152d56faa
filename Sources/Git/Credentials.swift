import CGit2

/// Where the user and password for a server come from: the URL, the user name in it if there is
/// one, and the number of the attempt, from 1; nil gives up.
public typealias CredentialSource = (_ url: String, _ user: String?, _ attempt: Int) -> (
  user: String, password: String
)?

/// How often a server is told a user and password before we believe that it does not want them.
private let attemptLimit = 2

/// Answers libgit2's question for credentials, which it asks for ever if it is let.
let answerWithCredentials: git_credential_acquire_cb = { made, url, user, allowed, payload in
  guard let made = unsafe made, let loan = unsafe WireLoan.behind(payload) else { return -1 }
  let asked = unsafe url.map { unsafe String(cString: $0) } ?? ""
  let name = unsafe user.map { unsafe String(cString: $0) }
  do throws(GitError) {
    guard allowed & GIT_CREDENTIAL_USERPASS_PLAINTEXT.rawValue != 0 else {
      throw unsafe loan.pointee.refused("it does not take a user name and password")
    }
    let (user, password) = try unsafe loan.pointee.answer(asked, name)
    unsafe loan.pointee.call.giveOutPassword()
    return unsafe git_credential_userpass_plaintext_new(made, user, password)
  } catch {
    unsafe loan.pointee.call.fail(error)
    return GIT_EAUTH.rawValue
  }
}

extension WireLoan {
  /// The user and password to try next for a URL that libgit2 names.
  fileprivate mutating func answer(_ asked: String, _ name: String?) throws(GitError) -> (
    user: String, password: String
  ) {
    guard case .http(let home) = url.place else { throw refused("it asked for a password") }
    guard let server = try? RemoteURL(asked, relativeTo: "/"), case .http(let place) = server.place,
      home.trusts(place)
    else {
      let host = (try? RemoteURL(asked, relativeTo: "/"))?.host ?? "elsewhere"
      throw refused("it sends us on to \(host), which is not told the password")
    }
    attempts += 1
    if attempts == 1, let known = url.userInfo, let password = known.password {
      return (known.user, password)
    }
    guard attempts <= attemptLimit else {
      throw refused("it did not accept the user name and password")
    }
    guard let source = credentials else { throw refused("it wants a user name and password") }
    guard let answer = source(url.text, name ?? url.userInfo?.user, attempts) else {
      throw refused("it wants a user name and password, and none was given")
    }
    return answer
  }

  /// An error that names the server.
  fileprivate func refused(_ why: String) -> GitError {
    GitError(operation, .authentication, "\(url.host ?? url.text): \(why)")
  }
}
