# Closes a test run: reads the lines of RunRecorder (status, kind, name, tries, reason), names every failure and every
# skip with its reason, and ends in one line of counts. `code` is Maven's exit code.
function shorten(text) { return length(text) > 300 ? substr(text, 1, 297) "..." : text }

$1 == "start" { running[$3]++; last = $3; next }
{
    count[$1]++
    kinds[$2]++
    if (running[$3] > 0) running[$3]--
    tries += $4
}
$1 == "failed"  { failures[++f] = $3 ": " shorten($5) }
$1 == "skipped" { skips[++s] = $3 ": " ($5 == "" ? "no reason given" : shorten($5)) }

END {
    total = count["passed"] + count["failed"] + count["skipped"]
    print ""
    for (name in running) if (running[name] > 0) failures[++f] = name ": started and never ended (the process died?)"
    for (i = 1; i <= f; i++) print "failed   " failures[i]
    for (i = 1; i <= s; i++) print "skipped  " skips[i]
    if (total == 0 && code == 0) print "no test ran"
    if (code != 0 && f == 0) failures[++f] = ""
    if (code != 0 && total == 0) print "the build ended before any test ran (Maven's exit code: " code ")"
    else if (code != 0 && count["failed"] == 0) print "Maven ended with exit code " code " (see above)"
    printf "%d tests and %d properties with %d tries\n", kinds["test"], kinds["property"], tries
    printf "%d passed, %d failed, %d skipped\n", count["passed"], f, s
}
