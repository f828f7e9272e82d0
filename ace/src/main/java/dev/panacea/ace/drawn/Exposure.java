package dev.panacea.ace.drawn;

/**
 * Tube, grid, film and what processing makes of it.
 *
 * @param scatter scattered light against what comes straight
 * @param lung brightness of free lung on the film, 0..1
 * @param contrast how much brighter the mediastinum is, as a difference of log odds
 * @param even how much large dark and bright areas are evened out, 0..1
 * @param noise standard deviation of the log signal in the lungs
 * @param heel slope of the beam from top to bottom
 * @param fall of the beam towards the corners
 * @param frame black border as a share of the width: left, top, right, bottom, 0 for none
 * @param marker whether the side is marked
 * @param wires electrodes and their wires
 * @param tube whether there is a tube in the trachea or a central line
 */
record Exposure(double scatter, double lung, double contrast, double even, double noise, double heel, double fall,
        double[] frame, boolean marker, int wires, boolean tube) {
    static Exposure of(Draws draws, boolean lying) {
        double[] frame = new double[4];
        for (int i = 0; i < 4; i++) {
            frame[i] = draws.chance(0.12) ? draws.uniform(0.004, 0.03) : 0;
        }
        double lung = lying ? draws.around(0.48, 0.1) : draws.around(0.38, 0.1);
        return new Exposure(lying ? draws.uniform(0.35, 0.6) : draws.uniform(0.15, 0.4), lung,
                Math.max(1.1, lying ? draws.around(1.55, 0.35) : draws.around(2.05, 0.5)), draws.uniform(0.1, 0.55),
                (lying ? 0.06 : 0.035) * draws.uniform(0.6, 1.5), draws.around(0, 0.1), draws.uniform(0, 0.25), frame,
                draws.chance(0.6), lying && draws.chance(0.7) ? 3 : draws.chance(0.08) ? 2 : 0,
                lying && draws.chance(0.4));
    }
}
