package dev.panacea.ace.drawn;

/** Lengths of the rays' ways through each kind of matter, one value a pixel, in centimetres. */
final class Canvas {
    final int pixels;
    private final Brush brush;
    /** Squares of thicknesses of limbs, which join the trunk smoothly. */
    final float[] limb2;
    /** Soft tissue in front of or behind the chest; gas counts negative. */
    final float[] soft;
    /** What has tissue's density within the lungs: vessels, and what fills them in illness. */
    final float[] vessel;
    /** Bone. */
    final float[] bone;
    /** What lies on the patient or the film, as so much bone. */
    final float[] metal;

    Canvas(int pixels) {
        this.pixels = pixels;
        brush = new Brush(pixels);
        limb2 = new float[pixels * pixels];
        soft = new float[pixels * pixels];
        vessel = new float[pixels * pixels];
        bone = new float[pixels * pixels];
        metal = new float[pixels * pixels];
    }

    void add(float[] to, Strip strip, Profile profile) {
        brush.add(to, strip, profile);
    }

    void add(float[] to, Ellipse ellipse, Profile profile) {
        brush.add(to, ellipse, profile);
    }
}
