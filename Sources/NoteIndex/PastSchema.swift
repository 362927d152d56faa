internal import GRDB

/// The tables of the history's index, `history.sqlite`, which the plain `sqlite3` shell can read.
///
/// It holds nothing that the repository does not: which snapshot changed which note, and the passages
/// that are gone, by their words. What is still there is in the index of the notes; so the size
/// follows what was changed, and not the size of the vault.
enum PastSchema {
  /// Its number is `NHst`.
  static let layout = Layout(applicationID: 0x4E48_7374, version: 14, tables: tables)

  private static let tables = """
    -- What is known of the index itself: the snapshot up to which it is whole, the language of stems.
    \(Schema.state)

    -- The snapshots, none before its parents.
    CREATE TABLE snapshot (
      id INTEGER PRIMARY KEY,
      name TEXT NOT NULL UNIQUE,
      seconds INTEGER NOT NULL,
      -- the later of its own seconds and its parents' latest, and one more than its parents' largest
      latest INTEGER NOT NULL,
      generation INTEGER NOT NULL,
      -- its number in the order of these two and of the names, the same in whatever order all came in
      place INTEGER NOT NULL,
      author TEXT NOT NULL,
      message TEXT NOT NULL
    ) STRICT;

    -- Which snapshots one was made of.
    CREATE TABLE parent (
      snapshot INTEGER NOT NULL,
      parent INTEGER NOT NULL,
      PRIMARY KEY (snapshot, parent)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE path (
      id INTEGER PRIMARY KEY,
      text TEXT NOT NULL UNIQUE
    ) STRICT;

    -- What a snapshot changed in a note, against one parent.
    CREATE TABLE change (
      id INTEGER PRIMARY KEY,
      snapshot INTEGER NOT NULL,
      path INTEGER NOT NULL,
      side INTEGER, -- that parent
      was INTEGER, -- the path before, when it was another
      old TEXT, -- the blobs
      new TEXT,
      is_left_out INTEGER NOT NULL -- a text of another branch that a merge left out
    ) STRICT;
    CREATE INDEX change_path ON change (path, snapshot);
    CREATE INDEX change_renamed ON change (path) WHERE was IS NOT NULL;
    CREATE INDEX change_was ON change (was, snapshot) WHERE was IS NOT NULL;
    CREATE INDEX change_old ON change (old) WHERE old IS NOT NULL;

    -- How many words differ between two blobs, once that was asked for; '' for no text. Of versions also
    -- the headings under which they differ, with U+001E between them.
    CREATE TABLE difference (
      old TEXT NOT NULL,
      new TEXT NOT NULL,
      added INTEGER NOT NULL,
      removed INTEGER NOT NULL,
      sections TEXT,
      PRIMARY KEY (old, new)
    ) STRICT, WITHOUT ROWID;

    -- A passage that went with a change; its words are the row of fulltext with the same number.
    CREATE TABLE gone (
      id INTEGER PRIMARY KEY,
      change INTEGER NOT NULL,
      hash INTEGER NOT NULL,
      -- where it stands in the blob `change.old`
      start INTEGER NOT NULL,
      length INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX gone_hash ON gone (hash);

    -- A passage that came with a change to a note that was there.
    CREATE TABLE came (
      hash INTEGER NOT NULL,
      change INTEGER NOT NULL,
      PRIMARY KEY (hash, change)
    ) STRICT, WITHOUT ROWID;

    \(Schema.word)

    \(Schema.fulltext)
    """
}
