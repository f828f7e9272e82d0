package dev.panacea.ace.drawn;

import dev.panacea.tensor.RandomSource;

/**
 * What stays the same from film to film. Lengths are factors of the average where no unit is named.
 *
 * @param male sex
 * @param age years
 * @param fat 0 lean to 1 obese
 * @param width of the whole body
 * @param length of the whole body
 * @param scoliosis sideways bend of the spine, centimetres
 * @param heart size
 * @param axis of the heart, radians below the horizontal
 * @param aorta radius of the arch, centimetres
 * @param bone density
 * @param ribs how steeply the ribs fall
 * @param clavicle how steeply the clavicles rise to the sides, centimetres
 * @param domes by how much the left dome is lower, centimetres
 * @param breast size, 0 for none
 * @param vessels how full the vessels are
 * @param seed for branches and textures
 */
record Patient(boolean male, int age, double fat, double width, double length, double scoliosis, double heart,
        double axis, double aorta, double bone, double ribs, double clavicle, double domes, double breast,
        double vessels, RandomSource seed) {
    static Patient of(RandomSource source) {
        Draws draws = new Draws(source.child(0));
        boolean male = draws.chance(0.55);
        int age = (int) draws.uniform(18, 90);
        double fat = StrictMath.pow(draws.uniform(0, 1), 1.5) * 0.95 + 0.05;
        double build = male ? 1.03 : 0.94;
        double width = build * draws.around(1, 0.055) + 0.04 * fat;
        double length = build * draws.around(1, 0.055);
        double old = (age - 18) / 72.0;
        return new Patient(male, age, fat, width, length, draws.around(0, 0.3 + 0.25 * old),
                draws.around(0.95 + 0.05 * old, 0.055), draws.around(0.62, 0.12) - 0.12 * fat,
                draws.around(1.5 + 0.45 * old, 0.15), draws.around(1.08 - 0.3 * old, 0.1), draws.around(1, 0.14),
                draws.around(3.2, 0.9), draws.around(1, 0.5),
                male ? draws.uniform(0, 0.35) * fat : draws.uniform(0.5, 0.8) + 0.5 * fat,
                draws.around(1.12, 0.17), source);
    }
}
