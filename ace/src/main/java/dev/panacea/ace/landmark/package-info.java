/**
 * Whether a network finds the same anatomy again (Sec. 5.2, B.1): in other patients, in its mirror image, in another
 * photograph of the same eye. {@link dev.panacea.ace.landmark.LandmarkPictures} reads pictures with marked places, a
 * {@link dev.panacea.ace.landmark.Locator} looks for places, and the studies
 * {@link dev.panacea.ace.landmark.Correspondence}, {@link dev.panacea.ace.landmark.FundusCorrespondence} and
 * {@link dev.panacea.ace.landmark.Symmetry} ask.
 */
package dev.panacea.ace.landmark;
