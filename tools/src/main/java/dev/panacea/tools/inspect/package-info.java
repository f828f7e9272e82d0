/**
 * {@code panacea inspect}: one page of what networks see in a picture. Start at
 * {@link dev.panacea.tools.inspect.Inspect}.
 */
package dev.panacea.tools.inspect;
