/** What jextract makes of {@code src/main/headers}: never edited, made again by {@code regenerate.sh}. */
package dev.panacea.bindings.raw;
