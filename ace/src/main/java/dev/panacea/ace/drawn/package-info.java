/**
 * Drawn chest X-rays that know their own truth: landmarks, masks of organs, findings. Start reading at
 * {@link dev.panacea.ace.drawn.DrawnXray}; {@code Thorax} is the chest, {@code Skeleton}, {@code VesselTree} and
 * {@code Figure} are what lies round and in it, {@code Film} is what the rays make of it.
 */
package dev.panacea.ace.drawn;
