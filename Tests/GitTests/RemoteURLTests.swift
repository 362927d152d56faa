import Git
import Testing

@Suite struct RemoteURLTests {
  @Test(
    "what git can reach by https, ssh or a path is accepted",
    arguments: [
      ("https://example.org/ada/notes.git", "https://example.org/ada/notes.git", "notes"),
      ("HTTP://[::1]:8080/notes/", "http://[::1]:8080/notes/", "notes"),
      ("https://ada:secret@example.org/n", "https://example.org/n", "n"),
      ("https://example.org", "https://example.org", "vault"),
      (
        "ssh://git@example.org:2222/~ada/my%20notes", "ssh://git@example.org:2222/~ada/my%20notes",
        "my notes"
      ),
      ("ssh://[::1]:22/srv/notes.git", "ssh://[::1]:22/srv/notes.git", "notes"),
      ("git@example.org:ada/notes.git", "git@example.org:ada/notes.git", "notes"),
      ("host:it's here", "host:it's here", "it's here"),
      ("[host:2222]:notes", "[host:2222]:notes", "notes"),
      ("ada@[::1]:notes.git", "ada@[::1]:notes.git", "notes"),
      ("/srv/notes.git/", "/srv/notes.git/", "notes"),
      ("/srv/notes/.git", "/srv/notes/.git", "notes"),
      ("./a:b", "/home/ada/a:b", "b"),
      ("../stick/notes.git", "/home/stick/notes.git", "notes"),
      ("./../../notes.git", "/notes.git", "notes"), ("../../..", "/", "vault"),
      ("file:///srv/my%20notes", "file:///srv/my%20notes", "my notes"),
      ("..", "/home", "home"), (".", "/home/ada", "ada"),
    ])
  func accepted(_ text: String, _ stored: String, _ folder: String) throws {
    let url = try RemoteURL(text, relativeTo: "/home/ada")
    #expect(url.text == stored)
    #expect(url.folderName == folder)
    #expect(!url.redacted.contains("secret"))
    #expect(!"\(url.redacted)\(url.text)".contains("secret"))
  }

  @Test(
    "what runs programs, has no owner or reads as an option is refused",
    arguments: [
      "", "ext::sh -c touch% /tmp/x", "fd::17", "git://example.org/notes", "ftp://example.org/n",
      "git+ssh://example.org/n", "-oProxyCommand=touch", "ssh://-oProxyCommand=touch/n",
      "ssh://%2DoProxyCommand=touch/n", "-oX@host:path", "ssh://-l@host/n", "ssh://%2Dl@host/n",
      "host:-path", "-host:path", "ssh://host", "ssh://host/a%0Ab", "https://host/a\nb",
      "host:a\u{1B}b",
      "https://", "https://ho st/x", "https://host:99999/x", "https://host:x/x", "file://host/path",
      "file://relative", "ssh://ada:secret@host/n", "ada:secret@host:n", ":path", "a b@host:path",
      "https://host/a b", "[::1:path", "/a\u{7F}", "host name:path", "ssh://ho'st/n",
    ])
  func refused(_ text: String) throws {
    let error = #expect(throws: GitError.self) { try RemoteURL(text, relativeTo: "/home/ada") }
    #expect(error?.reason == .invalid)
    #expect(error?.message.isEmpty == false)
    #expect(error?.description.contains("secret") == false)
  }

  @Test("no password is shown")
  func redaction() {
    #expect(
      RemoteURL.redacted("see https://a:b@h/x and ssh://git@h/y")
        == "see https://…@h/x and ssh://git@h/y")
    #expect(RemoteURL.redacted("ada@example.org") == "ada@example.org")
  }
}
