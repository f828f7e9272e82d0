/**
 * What a network has learned, as numbers and maps of its tokens: directions, colours, neighbours, matches. Start at
 * {@link dev.panacea.ace.inspect.Spectrum}.
 */
package dev.panacea.ace.inspect;
