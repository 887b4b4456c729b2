# Sourced by the scripts that fetch from Debian: the archive that this system itself installs from.

# Prints "URI SUITE main".
debian_archive() {
  apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' | sort -u |
    awk '$3 == "main" && $2 !~ /-/ { print $1, $2, $3; found = 1; exit } END { exit !found }'
}
