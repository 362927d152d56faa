NOTES=/tmp/rev/notes5; export HOME=$(mktemp -d); git config --global user.name a; git config --global user.email a@x
cd $(mktemp -d); git init -q --bare r.git; $NOTES init -q a; cd a; mkdir private; echo secret > private/diary.md; echo x > a.md
printf 'Export\\\nprivate/\n*.tmp\n' > .gitignore          # a folder named as on Windows, and one as git has it
git status --short -uall | grep diary || echo "git ignores private/"
$NOTES sync --remote ../r.git; git -C ../r.git ls-tree -r --name-only main
