/**
 * What makes the two views of a picture differ: grey values alone, geometry never. Start at
 * {@link dev.panacea.ace.augment.Augment}.
 */
package dev.panacea.ace.augment;
