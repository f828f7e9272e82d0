#!/usr/bin/env bash
# Generates dev.panacea.bindings.raw from the headers of this folder. Run it after a change of a header, with jextract
# (jdk.java.net/jextract) on the path, or named by JEXTRACT, as a command with its arguments.
set -eu
cd "$(dirname "${BASH_SOURCE[0]}")"
raw=src/main/java/dev/panacea/bindings/raw
jextract=${JEXTRACT:-jextract}
rm -rf "$raw"
for pair in driver:Driver nvrtc:Nvrtc cublas:Cublas cudnn:Cudnn; do
    # Without -l: the class that loads the libraries chooses among files and versions before these are touched.
    $jextract --output src/main/java --target-package dev.panacea.bindings.raw --header-class-name "${pair#*:}" \
        "src/main/headers/${pair%:*}.h"
done
cat > "$raw/package-info.java" <<'END'
/** What jextract makes of {@code src/main/headers}: never edited, made again by {@code regenerate.sh}. */
package dev.panacea.bindings.raw;
END
