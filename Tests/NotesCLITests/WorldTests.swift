import Foundation
import TestSupport
import Testing

/// A machine that gives the built program less than it is used to: no permission, no locks, little
/// memory, no one who reads.
@Suite(
  "a machine that gives less", .enabled(if: FileManager.default.fileExists(atPath: Faults.program)))
struct WorldTests {
  let vault: TestVault

  init() throws {
    vault = try TestVault()
    try vault.write("KEEPALPHA [[b]]\n", to: "a.md")
    try vault.write("KEEPBETA\n", to: "b.md")
    try vault.notes("save", "-m", "first").succeeded()
  }

  /// Runs a line of shell, in which `$notes` is the built program, in the vault.
  @discardableResult
  func shell(_ script: String, _ environment: [String: String] = [:]) throws -> ProcessResult {
    try runProcess(
      ["bash", "-c", script], in: vault.path,
      environment: vault.environment.merging(["notes": Faults.program]) { old, _ in old }
        .merging(environment) { _, new in new })
  }

  @Test("a limit on the size of files is told as a full disk is, and nothing is lost")
  func smallFiles() throws {
    try shell("seq 100000 > big.md")
    let run = try shell("ulimit -f 40; \"$notes\" save")
    #expect(run.status == 2, "\(run)")
    #expect(run.errors.hasPrefix("notes: ") && run.errors.contains("too large"), "\(run.errors)")
    try vault.notes("save").succeeded()
    #expect(try shell("git fsck --strict && git show HEAD:big.md | tail -1").output == "100000\n")
  }

  @Test("libgit2's reading of the machine's certificates goes through us, who put it off")
  func certificates() throws {
    // What the dynamic linker says of each symbol that a library looks for.
    let run = try shell("LD_DEBUG=bindings \"$notes\" save")
    #expect(run.status == 0)
    let calls = run.errors.split(separator: "\n")
      .filter { $0.contains("file") && $0.contains("mbedtls_x509_crt_parse_file") }
    // None where libgit2 speaks TLS by another library.
    #expect(calls.allSatisfy { $0.contains("to \(Faults.program) ") }, "\(calls)")
    #expect(run.errors.contains("git_libgit2_init"))
  }

  @Test("a clone names the files that it could not write, and they come once they can")
  func cloneInPart() throws {
    try vault.write(String(repeating: "a", count: 8_000_000), to: "big.txt")
    try vault.git("init", "--quiet", "--bare", "-b", "main", vault.folder.path + "/hub.git")
    try vault.notes("sync", "--remote", vault.folder.path + "/hub.git").succeeded()
    let run = try shell(
      "trap '' XFSZ; ulimit -f 4000; \"$notes\" clone \"$HOME/hub.git\" \"$HOME/second\"")
    #expect(run.status == 2)
    #expect(run.errors.contains("not written: big.txt (File too large)"))
    #expect(run.errors.contains("hint: ") && run.errors.contains("cloned 2 notes"))
    let second = try TestVault(isVault: false, name: "second", beside: vault)
    #expect(!second.has("big.txt"))
    try second.notes("sync").succeeded()
    #expect(second.has("big.txt"))
  }

  /// Whether this test may be another user for a while.
  static let canBeNobody =
    geteuid() == 0 && FileManager.default.fileExists(atPath: "/usr/bin/setpriv")

  @Test(
    "a vault that cannot be written is read, searched and shown, and says why it is not changed",
    .enabled(if: canBeNobody))
  func readOnly() throws {
    let home = vault.folder.path + "/home"
    try shell(
      """
      mkdir "$HOME/home"; chmod 755 "$HOME"; chmod -R a-w "$PWD"
      chown -R 65534 "$PWD" "$HOME/home"
      """)
    func nobody(_ command: String) throws -> ProcessResult {
      try shell(
        "setpriv --reuid 65534 --regid 65534 --clear-groups \"$notes\" \(command)", ["HOME": home])
    }
    #expect(try nobody("search keepalpha").output.contains("a.md"))
    #expect(try nobody("history a").output.contains("first"))
    #expect(try nobody("show a@HEAD").output.contains("KEEPALPHA"))
    #expect(try nobody("search --history keepbeta").output.contains("b.md"))
    #expect(try nobody("status").status == 0)
    // The history's index is in the cache folder then, and is found there.
    #expect(try nobody("doctor").output.contains("history's index: sound, 1 snapshot"))
    for command in ["save -m x", "add New text", "mv a c", "rm a", "sync", "undo"] {
      let refused = try nobody(command)
      #expect(refused.status == 2, "\(command): \(refused.errors)")
      #expect(
        refused.errors.hasPrefix("notes: this vault cannot be written: no permission for "),
        "\(command): \(refused.errors)")
    }
    #expect(try shell("cat a.md b.md").output == "KEEPALPHA [[b]]\nKEEPBETA\n")
  }

  @Test(
    "a note that may not be read is named by every command, and stays known as it was",
    .enabled(if: canBeNobody))
  func unreadable() throws {
    try vault.write("KEEPGAMMA\n", to: "sub/c.md")
    let home = vault.folder.path + "/home"
    try shell(
      """
      mkdir "$HOME/home"; chmod 755 "$HOME"; "$notes" list -q
      chmod 000 b.md sub; chown -R 65534 "$PWD" "$HOME/home"
      """)
    func nobody(_ command: String) throws -> ProcessResult {
      try shell(
        "setpriv --reuid 65534 --regid 65534 --clear-groups \"$notes\" \(command)", ["HOME": home])
    }
    let lines = ["not read: b.md (Permission denied)", "not read: sub (Permission denied)"]
    for (command, answer) in [
      ("list", "b.md"), ("list", "c.md"), ("search keepbeta", ""), ("links a", "b.md"),
      ("tags", ""), ("check", ""), ("index", ""),
    ] {
      let run = try nobody(command)
      for line in lines {
        #expect(run.errors.components(separatedBy: line).count == 2, "\(command): \(run.errors)")
      }
      #expect(run.output.contains(answer) || answer.isEmpty, "\(command): \(run.output)")
      #expect(!run.output.contains("no note or file"), "\(command): \(run.output)")
    }
    #expect(try nobody("show b").errors.contains("b.md"))
    #expect(try nobody("doctor").output.contains("b.md is not read: Permission denied"))
    #expect(try nobody("mv a z").errors.contains(lines[0]))
    try shell("chmod 644 b.md; chmod 755 sub")
    #expect(try nobody("list").errors.contains("not read") == false)
  }

  @Test(
    "a folder that may be listed and not entered has its notes, and none of them is gone",
    .enabled(if: canBeNobody))
  func notEntered() throws {
    for file in ["sub/c.md", "sub/deep/d.md"] { try vault.write("KEEPGAMMA\n", to: file) }
    try vault.notes("save").succeeded()
    let home = vault.folder.path + "/home"
    try shell(
      """
      mkdir "$HOME/home"; chmod 755 "$HOME"; "$notes" list -q
      chmod 644 sub; chown -R 65534 "$PWD" "$HOME/home"
      """)
    func nobody(_ command: String) throws -> ProcessResult {
      try shell(
        "setpriv --reuid 65534 --regid 65534 --clear-groups \(command)", ["HOME": home])
    }
    let list = try nobody("\"$notes\" list")
    #expect(list.output.contains("c.md") && list.output.contains("d.md"), "\(list)")
    #expect(list.errors.contains("not read: sub (Permission denied)"), "\(list)")
    #expect(try nobody("\"$notes\" search keepgamma").errors.contains("not read: sub "))
    #expect(try nobody("\"$notes\" status").output == "")
    try vault.write("KEEPALPHA more\n", to: "a.md")
    let saved = try nobody("\"$notes\" save")
    #expect(saved.status == 2, "\(saved)")
    #expect(saved.output == "M a.md\n" && saved.errors.contains("sub (Permission denied)"))
    #expect(try nobody("git ls-files").output.contains("sub/c.md\nsub/deep/d.md\n"))
    #expect(try nobody("\"$notes\" doctor").output.contains("sub is not read: Permission denied"))
  }

  @Test("a folder whose listing breaks off has its notes, and none of them is gone")
  func brokenListing() throws {
    try vault.write("KEEPGAMMA\n", to: "sub/c.md")
    try shell("\"$notes\" save; \"$notes\" list")
    try vault.folder.write(
      """
      #define _GNU_SOURCE
      #include <dirent.h>
      #include <dlfcn.h>
      #include <errno.h>
      #include <stdio.h>
      #include <string.h>
      #include <unistd.h>
      static int isDamaged(DIR *folder) {
        char link[64], path[4096];
        snprintf(link, sizeof link, "/proc/self/fd/%d", dirfd(folder));
        ssize_t count = readlink(link, path, sizeof path);
        return count > 4 && memcmp(path + count - 4, "/sub", 4) == 0;
      }
      #define BREAKING(entry, name) \
        struct entry *name(DIR *folder) { \
          struct entry *(*next)(DIR *) = (struct entry *(*)(DIR *))dlsym(RTLD_NEXT, #name); \
          struct entry *found = isDamaged(folder) ? 0 : next(folder); \
          if (isDamaged(folder)) errno = EIO; \
          return found; \
        }
      BREAKING(dirent, readdir)
      BREAKING(dirent64, readdir64)
      """, to: "damaged.c")
    let made = try runProcess(
      ["cc", "-shared", "-fPIC", "-o", "damaged.so", "damaged.c", "-ldl"], in: vault.folder.path)
    try #require(made.status == 0, "\(made.errors)")
    let damaged = ["LD_PRELOAD": vault.folder.path + "/damaged.so"]
    let search = try shell("\"$notes\" search keepgamma", damaged)
    #expect(search.output.contains("sub/c.md"), "\(search)")
    #expect(search.errors.contains("not read: sub (Input/output error)"), "\(search)")
    #expect(try shell("\"$notes\" list", damaged).output.contains("c.md"))
    try vault.write("new\n", to: "sub/new.md")
    let saved = try shell("\"$notes\" save", damaged)
    #expect(saved.status == 2 && saved.output == "", "\(saved)")
    #expect(saved.errors.contains("not saved: sub (Input/output error)"), "\(saved)")
    try shell("\"$notes\" save")
    #expect(try shell("git ls-files").output.contains("sub/c.md\nsub/new.md\n"))
  }

  @Test(
    "ignore files in a folder that may not be entered stop a snapshot, as one does that cannot be read",
    .enabled(if: canBeNobody))
  func ignoreFilesNotEntered() throws {
    let home = vault.folder.path + "/home"
    try vault.write("private\n", to: "private.md")
    try shell(
      """
      mkdir -p "$HOME/home/dot"; chmod 755 "$HOME"; echo '*private*' > "$HOME/home/dot/ignore"
      git config core.excludesFile "$HOME/home/dot/ignore"
      chmod 644 "$HOME/home/dot"; chown -R 65534 "$PWD" "$HOME/home"
      """)
    func nobody() throws -> ProcessResult {
      try shell(
        "setpriv --reuid 65534 --regid 65534 --clear-groups \"$notes\" save", ["HOME": home])
    }
    let refused = try nobody()
    #expect(refused.status == 2, "\(refused)")
    #expect(refused.errors.contains("dot/ignore: Permission denied"), "\(refused)")
    try shell("chmod 755 \"$HOME/home/dot\"")
    let saved = try nobody()
    #expect(saved.status == 0 && saved.output == "", "\(saved)")
  }

  @Test("a process that may open no more files gives no answer that lacks notes")
  func fewFiles() throws {
    for limit in 13...20 {
      let run = try shell("ulimit -n \(limit); \"$notes\" list; rm -rf .git/notes/index.sqlite*")
      let lists = run.output.contains("a.md") && run.output.contains("b.md")
      #expect(lists || run.errors.hasPrefix("notes: "), "\(limit): \(run.output)\(run.errors)")
      #expect(lists || run.output.isEmpty, "\(limit): \(run.output)")
    }
  }

  @Test("a process that may open hardly any file says so, and one that may open more does")
  func fewerFiles() throws {
    for limit in 5...15 {
      for command in ["list", "save", "search keepalpha"] {
        let run = try shell("ulimit -n \(limit); \"$notes\" \(command)")
        #expect(run.status == 2, "\(limit) \(command): \(run.errors)")
        #expect(
          run.errors
            == "notes: only \(limit) files may be open at once, and 16 are needed (ulimit -n)\n")
      }
    }
    #expect(try shell("ulimit -S -n 6; \"$notes\" list").status == 0)
  }

  @Test("a file that grows past the limit of its size ends no command without words")
  func fileSize() throws {
    for command in ["list", "search keepalpha", "save", "doctor"] {
      let run = try shell("ulimit -f 8; rm -rf .git/notes/index.sqlite*; \"$notes\" \(command)")
      #expect(run.status <= 2, "\(command): \(run.status) \(run.errors)")
      let words = run.errors + run.output
      #expect(run.status == 0 || words.contains("disk I/O error"), "\(command): \(words)")
    }
  }

  @Test("on a full disk notes are listed, shown and searched", .enabled(if: canMount))
  func fullDisk() throws {
    let disk = vault.folder.path + "/disk"
    @discardableResult
    func onDisk(_ script: String) throws -> ProcessResult {
      try runProcess(
        ["bash", "-c", script], in: disk,
        environment: vault.environment.merging(["notes": Faults.program]) { old, _ in old })
    }
    try runProcess(["mkdir", disk])
    try runProcess(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", disk])
    defer { _ = try? runProcess(["umount", "-l", disk]) }
    try onDisk(
      """
      "$notes" init -q v; cd v; echo '# Alpha' > a.md; "$notes" save -q; "$notes" list -q
      echo '# Beta' > b.md; dd if=/dev/zero of=../fill bs=4k; mkdir -p ../home
      """)
    for home in [vault.folder.path, disk] {
      for (command, answer) in [("list", "b.md"), ("show a", "Alpha"), ("search beta", "b.md")] {
        let run = try onDisk("cd v; export HOME=\(home); \"$notes\" \(command)")
        #expect(run.status == 0, "\(command): \(run.errors)")
        #expect(run.output.contains(answer), "\(command): \(run.output)")
        #expect(run.errors.contains("No space left on device"), "\(command): \(run.errors)")
      }
    }
    let after = try onDisk("rm fill; cd v; \"$notes\" list")
    #expect(after.output.contains("b.md") && !after.errors.contains("No space"))
  }

  /// Whether this test may mount: a container's root can, a user cannot.
  private static let canMount = {
    let folder = TemporaryFolder()
    let made = try? runProcess(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder.path])
    guard made?.status == 0 else { return false }
    return (try? runProcess(["umount", folder.path]))?.status == 0
  }()

  /// A library that takes `flock` and the exchange of two files from a program, as some network
  /// file systems do.
  ///
  /// It dawdles where a program asks whether another still runs, and where it moves what that
  /// one left, so that another has its chance in between.
  private func poorFileSystem() throws -> [String: String] {
    try vault.folder.write(
      """
      #define _GNU_SOURCE
      #include <dlfcn.h>
      #include <errno.h>
      #include <signal.h>
      #include <stdarg.h>
      #include <string.h>
      #include <sys/syscall.h>
      #include <unistd.h>
      int flock(int file, int operation) { errno = ENOLCK; return -1; }
      long syscall(long number, ...) {
        long a[6];
        va_list list;
        va_start(list, number);
        for (int i = 0; i < 6; i++) a[i] = va_arg(list, long);
        va_end(list);
        if (number == SYS_renameat2 && (a[4] & 2)) { errno = EINVAL; return -1; }
        long (*next)(long, ...) = (long (*)(long, ...))dlsym(RTLD_NEXT, "syscall");
        return next(number, a[0], a[1], a[2], a[3], a[4], a[5]);
      }
      int kill(pid_t process, int number) {
        if (number == 0) usleep(20000);
        int (*next)(pid_t, int) = (int (*)(pid_t, int))dlsym(RTLD_NEXT, "kill");
        return next(process, number);
      }
      int rename(const char *from, const char *to) {
        int (*next)(const char *, const char *) =
          (int (*)(const char *, const char *))dlsym(RTLD_NEXT, "rename");
        int isLock = strstr(from, "lock.held") != 0;
        if (isLock) usleep(30000);
        int result = next(from, to);
        if (isLock) usleep(30000);
        return result;
      }
      """, to: "poor.c")
    let made = try runProcess(
      ["cc", "-shared", "-fPIC", "-o", "poor.so", "poor.c", "-ldl"], in: vault.folder.path)
    try #require(made.status == 0, "\(made.errors)")
    return ["LD_PRELOAD": vault.folder.path + "/poor.so"]
  }

  @Test("a file system without locks and without exchange of files is written all the same")
  func noLocks() throws {
    let poor = try poorFileSystem()
    for command in ["add New text", "mv a c", "save -m second", "list"] {
      let result = try shell("\"$notes\" \(command)", poor)
      #expect(result.status == 0, "\(command): \(result.errors)")
    }
    #expect(try vault.read("c.md") == "KEEPALPHA [[b]]\n")
    #expect(!vault.has(".git/notes/lock.held"))
    // Thirty at once: each waits for the one before, and none is lost.
    let many = try shell(
      "for i in $(seq 30); do \"$notes\" add -q \"Note $i\" text >/dev/null & done; wait; ls note-*.md | wc -l",
      poor)
    #expect(many.output.trimmingCharacters(in: .whitespacesAndNewlines) == "30", "\(many.errors)")
    #expect(!vault.has(".git/notes/lock.held") && !vault.has(".git/notes/lock.held.gone"))
  }

  @Test("without the kernel's locks, one of a killed command is passed over, another's is named")
  func leftLock() throws {
    let poor = try poorFileSystem()
    // A command that waits for its editor holds none; one that is killed as it saves does.
    let script = """
      "$notes" sync --watch >/dev/null 2>&1 & sleep 0.3; kill -9 $!; wait
      echo "$(cat /proc/sys/kernel/random/boot_id) $(readlink /proc/self/ns/pid)" > .git/notes/lock.held
      echo $! >> .git/notes/lock.held
      """
    try shell(script, poor)
    let passed = try shell("\"$notes\" add Passed text", poor)
    #expect(passed.status == 0, "\(passed.errors)")
    #expect(!vault.has(".git/notes/lock.held"))
    try vault.write("another machine\n1\n", to: ".git/notes/lock.held")
    let busy = try shell("\"$notes\" add Busy text", poor)
    #expect(busy.status == 5, "\(busy.errors)")
    #expect(busy.errors.contains(".git/notes/lock.held"), "\(busy.errors)")
    #expect(vault.has(".git/notes/lock.held"))
  }

  @Test(
    "a note that may not be changed is named, and the others are as they were or as they should be",
    .enabled(if: geteuid() == 0))
  func immutable() throws {
    let marked = try shell("chattr +i b.md")
    // Not every file system has such a mark (tmpfs has none).
    guard marked.status == 0 else { return }
    defer { _ = try? shell("chattr -i b.md") }
    for command in ["mv b c", "rm b"] {
      let refused = try shell("\"$notes\" \(command)")
      #expect(refused.status == 2, "\(command): \(refused.errors)")
      #expect(refused.errors.contains("b.md"), "\(command): \(refused.errors)")
      #expect(try vault.read("b.md") == "KEEPBETA\n")
      #expect(try vault.read("a.md") == "KEEPALPHA [[b]]\n", "\(command)")
    }
    #expect(try shell("\"$notes\" save -q -m x && git status --porcelain").output == "")
  }

  @Test("of a hard link and of a sparse file the content is kept")
  func linked() throws {
    try shell(
      """
      ln a.md d.md; truncate -s 70000 e.md; "$notes" save -q -m second
      git show HEAD:d.md > "$HOME/d"; git show HEAD:e.md > "$HOME/e"
      """)
    #expect(try vault.folder.read("d") == "KEEPALPHA [[b]]\n")
    #expect(try shell("cmp e.md \"$HOME/e\"").status == 0)
    // A change of one name leaves the other: an editor's file is never written through a link.
    try shell("\"$notes\" mv b renamed")
    #expect(try vault.read("a.md") == "KEEPALPHA [[renamed]]\n")
  }

  @Test("nobody who reads, a closed stream, a screen one column wide: no trap, and the same end")
  func noReader() throws {
    let commands = [
      "list", "search keepalpha", "history", "status", "tags", "show a", "check", "--help",
      "search --help", "changes --since 2000-01-01", "blame a", "diff a", "search --nonsense",
      "nonsense",
    ]
    for command in commands {
      let usual = try shell("\"$notes\" \(command) >/dev/null 2>&1").status
      for form in [
        "\"$notes\" \(command) 2>/dev/null | true; exit ${PIPESTATUS[0]}",
        "\"$notes\" \(command) >&- 2>/dev/null",
        "\"$notes\" \(command) >/dev/null 2>&-",
        "\"$notes\" \(command) <&- >/dev/null 2>&1",
        "COLUMNS=1 TERM=dumb LANG=C LC_ALL=C \"$notes\" \(command) >/dev/null 2>&1",
        "COLUMNS=0 \"$notes\" \(command) >/dev/null 2>&1",
      ] {
        let status = try shell(form).status
        // A program that is told that nobody reads may end by the signal for that, as git does.
        #expect(status == usual || status == 141, "\(form): \(status), not \(usual)")
      }
    }
  }

  @Test("of streams that were closed none becomes a file of the vault")
  func closedStreams() throws {
    let found = try shell(
      """
      "$notes" watch <&- >&- 2>&- & sleep 1
      for stream in 0 1 2; do readlink /proc/$!/fd/$stream; done; kill $!; wait
      """)
    #expect(found.output == "/dev/null\n/dev/null\n/dev/null\n")
  }

  @Test("a stream that was set not to wait is waited for")
  func streamThatDoesNotWait() throws {
    for number in 1...400 { try vault.write("# Note\n", to: "\(number)-\(Self.longName).md") }
    let result = try shell(
      """
      python3 -c 'import os, sys, subprocess, time
      reading, writing = os.pipe()
      os.set_blocking(writing, False)
      child = subprocess.Popen([sys.argv[1], "list"], stdout=writing)
      os.close(writing)
      time.sleep(1)
      with open(reading) as stream: print(len(stream.readlines()), child.wait())' "$notes"
      """)
    #expect(result.output == "402 0\n", "\(result.errors)")
  }

  private static let longName = String(repeating: "name", count: 50)

  @Test("a result that could not be written is said so, and is no success")
  func fullOutput() throws {
    for command in ["list", "show a", "--help", "search keepalpha --format json"] {
      let result = try shell("\"$notes\" \(command) > /dev/full")
      #expect(result.status == 2, "\(command)")
      #expect(
        result.errors.hasSuffix("notes: could not write the output: No space left on device\n"),
        "\(command): \(result.errors)")
    }
  }

  @Test("what changes could not show is shown the next time")
  func changesOnFullOutput() throws {
    #expect(try shell("\"$notes\" save -q").status == 0)
    let result = try shell("\"$notes\" changes > /dev/full")
    #expect(result.status == 2, "\(result)")
    #expect(try shell("\"$notes\" changes").output.contains("a.md"))
    #expect(try shell("\"$notes\" changes").status == 1)
  }

  @Test("a home, a place, a time zone, an argument or a folder that is none is no harm")
  func oddSettings() throws {
    for form in [
      "env -u HOME -u GIT_CONFIG_GLOBAL \"$notes\" list -q",
      "TZ=Mars/Phobos \"$notes\" list -q", "TZ=:/etc/passwd \"$notes\" list -q",
      "LC_ALL=xx_YY \"$notes\" list -q",
      "mkdir gone; cd gone; rmdir ../gone; \"$notes\" -C \"$OLDPWD\" list -q",
    ] {
      let run = try shell(form)
      #expect(run.status == 0 && run.output.contains("b.md"), "\(form): \(run)")
    }
    let away = try shell("mkdir gone; cd gone; rmdir ../gone; \"$notes\" list")
    #expect(away.status == 4 && away.errors.contains("hint: "), "\(away)")
    // An argument that is no UTF-8 is a text as any other.
    for (command, status) in [("search", 1), ("show", 1), ("list --path", 1), ("add", 0)] {
      let run = try shell("\"$notes\" \(command) $'\\xff okapi\\xfe'")
      #expect(run.status == Int32(status), "\(command): \(run)")
    }
  }

  @Test("a new note has the permissions that the umask leaves, one that is there keeps its own")
  func umask() throws {
    try shell("chmod 600 a.md")
    for (umask, mode) in [("000", "666"), ("022", "644"), ("077", "600")] {
      let made = try shell(
        "umask \(umask); \"$notes\" add 'U \(umask)' x -q && stat -c %a u-\(umask).md")
      #expect(made.output == "u-\(umask).md\n\(mode)\n", "\(made)")
      let kept = try shell(
        """
        echo \(umask) >> a.md; "$notes" save -q; umask \(umask)
        "$notes" restore a HEAD~1 -q; grep -c \(umask) a.md; stat -c %a a.md
        """)
      #expect(kept.output.hasSuffix("a.md\n0\n600\n"), "\(kept)")
    }
  }

  @Test("with 64 open files, 512 MB of addresses, one processor and small stacks it does its work")
  func little() throws {
    // Ten thousand small notes, in folders, with links.
    try shell(
      """
      for d in $(seq 100); do mkdir -p n/$d
        for i in $(seq 100); do printf '# Note %s\\n\\nText about topic%s, see [[note-%s]].\\n' \
      "$d-$i" "$((i % 17))" "$d-$((i % 100 + 1))" > n/$d/note-$d-$i.md; done; done
      """)
    let limits = "ulimit -n 64 -s 512 -v 524288; taskset -c 0"
    for command in [
      "index", "search topic3", "list --limit 3", "save -q -m many", "check", "history",
      "search --history topic5", "changes", "mv a z", "related note-5-5",
    ] {
      let result = try shell("\(limits) \"$notes\" \(command) | tail -n 1; exit ${PIPESTATUS[0]}")
      #expect(result.status <= 1, "\(command): \(result.status) \(result.errors)")
    }
    #expect(try shell("git ls-files | wc -l").output.contains("1000"))
    #expect(try shell("git fsck --strict --no-dangling").status == 0)
  }
}
