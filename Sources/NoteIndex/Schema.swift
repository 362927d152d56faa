internal import GRDB

/// The tables of the index, which the plain `sqlite3` shell can read.
///
/// The index holds nothing that the files do not: an index of an older version is made anew, never
/// migrated.
enum Schema {
  /// The version of the tables, and of what is read from a note into them.
  static let version = 9

  /// The tables of which each row belongs to the note in its column `note`, and goes with it.
  static let partsOfNotes = [
    "name", "tag", "metadata", "heading", "block", "element", "citation", "code", "problem",
  ]

  /// The number that tells our files from others, `NIdx`.
  static let applicationID = 0x4E49_6478

  /// How text becomes words.
  ///
  /// The text that is put in is words already (`Markup.SearchWords`), and this leaves them as they
  /// are.
  static let tokenizer = "unicode61 remove_diacritics 2"

  /// Makes what finding the names that a link could mean needs.
  static func createNameIndex(_ db: Database) throws {
    try db.execute(sql: "CREATE INDEX IF NOT EXISTS name_key ON name (key)")
  }

  /// Makes what every other question needs, once the links are resolved.
  static func createIndexes(_ db: Database) throws {
    try db.execute(sql: indexes)
  }

  /// The tables, without the indexes that only slow a first filling down.
  static let tables = """
    -- What is known of the index itself.
    \(state)

    -- The folders as they were when last looked at: a sum over names and stamps (Vault.Fingerprint).
    CREATE TABLE folder (
      path TEXT PRIMARY KEY NOT NULL,
      low INTEGER NOT NULL,
      high INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE note (
      id INTEGER PRIMARY KEY,
      path TEXT NOT NULL UNIQUE,
      folder TEXT NOT NULL,
      -- the file's stamp (nanoseconds), a hash of its bytes, and whether it could have been
      -- rewritten under this very stamp
      size INTEGER NOT NULL,
      modified INTEGER NOT NULL,
      changed INTEGER NOT NULL,
      inode INTEGER NOT NULL,
      hash INTEGER NOT NULL,
      is_racy INTEGER NOT NULL,
      -- the row of fulltext that holds its words
      text_id INTEGER NOT NULL,
      title TEXT NOT NULL,
      note_id TEXT,
      type TEXT NOT NULL,
      status TEXT,
      -- seconds since 1970
      created INTEGER NOT NULL,
      updated INTEGER NOT NULL,
      words INTEGER NOT NULL,
      lead TEXT NOT NULL,
      -- whether it has a formula
      has_math INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX note_folder ON note (folder);
    CREATE INDEX note_text ON note (text_id);
    CREATE INDEX note_racy ON note (id) WHERE is_racy;

    -- The names a note answers to. The key is a number made of the last part of the name, folded.
    CREATE TABLE name (
      note INTEGER NOT NULL,
      ordinal INTEGER NOT NULL,
      kind TEXT NOT NULL, -- path (without .md), id, title, alias, slug
      text TEXT NOT NULL,
      key INTEGER NOT NULL,
      PRIMARY KEY (note, ordinal)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE tag (
      note INTEGER NOT NULL,
      key TEXT NOT NULL, -- folded
      name TEXT NOT NULL,
      PRIMARY KEY (note, key)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE link (
      source INTEGER NOT NULL,
      ordinal INTEGER NOT NULL,
      kind TEXT NOT NULL, -- wiki, embed, markdown, image, autolink
      target TEXT NOT NULL,
      pin TEXT, -- what older text is meant, such as v3
      anchor TEXT,
      label TEXT,
      line INTEGER NOT NULL,
      -- where in the file it stands, its target and its block (NoteIndex.LinkPlace)
      place BLOB NOT NULL,
      -- as that of a name, of the target; NULL for a link out of the vault
      key INTEGER,
      -- the note it leads to, and how many notes it could have meant as well
      note INTEGER,
      rivals INTEGER NOT NULL,
      PRIMARY KEY (source, ordinal)
    ) STRICT, WITHOUT ROWID;

    -- Every key of the front matter; `a.b` for a key inside a key, a row for each item of a list.
    CREATE TABLE metadata (
      note INTEGER NOT NULL,
      ordinal INTEGER NOT NULL,
      key TEXT NOT NULL,
      value TEXT NOT NULL,
      PRIMARY KEY (note, ordinal)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE heading (
      note INTEGER NOT NULL,
      ordinal INTEGER NOT NULL,
      level INTEGER NOT NULL,
      text TEXT NOT NULL,
      anchor TEXT NOT NULL,
      line INTEGER NOT NULL,
      PRIMARY KEY (note, ordinal)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE block (
      note INTEGER NOT NULL,
      name TEXT NOT NULL,
      PRIMARY KEY (note, name)
    ) STRICT, WITHOUT ROWID;

    -- The names of elements of HTML, to which links lead.
    CREATE TABLE element (
      note INTEGER NOT NULL,
      name TEXT NOT NULL,
      PRIMARY KEY (note, name)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE citation (
      note INTEGER NOT NULL,
      key TEXT NOT NULL,
      PRIMARY KEY (note, key)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE code (
      note INTEGER NOT NULL,
      language TEXT NOT NULL, -- in lower case
      PRIMARY KEY (note, language)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE problem (
      note INTEGER NOT NULL,
      ordinal INTEGER NOT NULL,
      kind TEXT NOT NULL, -- frontMatter, oversize
      line INTEGER NOT NULL,
      message TEXT NOT NULL,
      PRIMARY KEY (note, ordinal)
    ) STRICT, WITHOUT ROWID;

    -- Words of the notes by their stems, from which a query is widened and mended.
    \(word)

    -- What ranking needs of all notes, 256 rows of fulltext to a row: 12 bytes each (the note, or 0;
    -- words of its text, title and headings) and a sketch of 128 bytes (NoteIndex.Sketch).
    CREATE TABLE profile (
      chunk INTEGER PRIMARY KEY,
      entries BLOB NOT NULL,
      sketches BLOB NOT NULL
    ) STRICT;

    -- Vectors of what notes hold (a hash of the bytes, so that a renamed note keeps its own), made by
    -- a command of the user's: a signed byte a number, of which only the direction counts.
    CREATE TABLE vector (
      hash INTEGER PRIMARY KEY,
      dimensions INTEGER NOT NULL,
      bytes BLOB NOT NULL
    ) STRICT;

    -- The words, without the text: half the size of a table that holds it, and twice as fast to
    -- fill. FTS5 of SQLite 3.40 cannot take a row out of such a table without its old text, so a
    -- changed note gets a new row, note.text_id says which one counts, and the rows that nobody
    -- points at are left until they are a fifth of all; then the table is filled anew.
    \(fulltext)

    -- The words of links' addresses and of those in front matter (NoteIndex.AddressWords), in rows with
    -- the numbers of fulltext's.
    CREATE VIRTUAL TABLE address USING fts5 (
      words, content = '', columnsize = 0, tokenize = '\(tokenizer)'
    );
    INSERT INTO address (address, rank) VALUES ('hashsize', 16777216);
    """

  /// What is known of an index itself.
  static let state = """
    CREATE TABLE state (
      key TEXT PRIMARY KEY NOT NULL,
      value TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    """

  /// Words by their stems, of which `Vocabulary` knows.
  static let word = """
    CREATE TABLE word (
      stem TEXT NOT NULL,
      word TEXT NOT NULL,
      PRIMARY KEY (stem, word)
    ) STRICT, WITHOUT ROWID;
    """

  /// The words, under `tokenizer`, without the text.
  static let fulltext = """
    CREATE VIRTUAL TABLE fulltext USING fts5 (
      title, headings, body, code,
      tex, -- formulas, as words (Markup.TeXWords)
      -- what else it is found by: parts of names, names made one (Markup.Identifiers), what the front
      -- matter says
      parts,
      content = '',
      tokenize = '\(tokenizer)'
    );
    -- For passages, and for whoever asks by hand; notes are ranked by us (NoteIndex.Ranking).
    INSERT INTO fulltext (fulltext, rank) VALUES ('rank', 'bm25(4.0, 2.0, 1.0, 1.0, 1.0, 0.5)');
    -- Larger and fewer lists of words to merge: a quarter less time for a first filling.
    INSERT INTO fulltext (fulltext, rank) VALUES ('hashsize', 16777216);
    INSERT INTO fulltext (fulltext, rank) VALUES ('automerge', 8);
    """

  private static let indexes = """
    CREATE INDEX IF NOT EXISTS note_created ON note (created);
    CREATE INDEX IF NOT EXISTS note_updated ON note (updated);
    CREATE INDEX IF NOT EXISTS note_note_id ON note (note_id) WHERE note_id IS NOT NULL;
    CREATE INDEX IF NOT EXISTS tag_key ON tag (key);
    CREATE INDEX IF NOT EXISTS link_key ON link (key) WHERE key IS NOT NULL;
    CREATE INDEX IF NOT EXISTS link_note ON link (note) WHERE note IS NOT NULL;
    CREATE INDEX IF NOT EXISTS metadata_key
      ON metadata (key COLLATE NOCASE, value COLLATE NOCASE);
    CREATE INDEX IF NOT EXISTS citation_key ON citation (key);
    CREATE INDEX IF NOT EXISTS code_language ON code (language);
    CREATE INDEX IF NOT EXISTS problem_kind ON problem (kind);
    """
}
