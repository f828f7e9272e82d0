package dev.panacea.ace.drawn;

/**
 * Who the patient is and how the film was taken.
 *
 * @param seed of the patient
 * @param film its number among the patient's films
 * @param male sex
 * @param age years
 * @param lying whether the patient lay (AP) instead of standing (PA)
 * @param yawDegrees by how much the patient was turned about the long axis
 * @param tiltDegrees by how much the picture is turned clockwise
 * @param inspiration depth of breath, 0..1
 * @param exposure brightness of free lung, 0..1: dark films were exposed much
 * @param heartRatio width of the heart against that of the chest's inside
 */
public record DrawnFacts(long seed, int film, boolean male, int age, boolean lying, double yawDegrees,
        double tiltDegrees, double inspiration, double exposure, double heartRatio) {
    /** The position's usual name: AP or PA. */
    public String position() {
        return lying ? "AP" : "PA";
    }
}
