/**
 * Two crops of one picture on a common grid, and which of their tokens show the same pixels (ACE, Sec. 3.1). Start at
 * {@link dev.panacea.ace.crop.GridCropper}.
 */
package dev.panacea.ace.crop;
