package dev.panacea.ace.data.codec;

import dev.panacea.ace.data.codec.J2kBits.Band;

/** Decodes one tile of a JPEG 2000 picture: packets, blocks, bands, resolutions, components. */
final class J2kTile {
    private final J2kSize size;
    private final J2kArea area;
    private final J2kCoding[] codings;
    private final J2kSteps[] steps;
    private final J2kBits bits = new J2kBits();

    J2kTile(J2kSize size, J2kArea area, J2kCoding[] codings, J2kSteps[] steps) {
        this.size = size;
        this.area = area;
        this.codings = codings;
        this.steps = steps;
    }

    /** The samples of each component, [height, width] of its part of the tile, before their middle is added. */
    float[][] decode(byte[] data) {
        J2kResolution[][] resolutions = new J2kResolution[size.components()][];
        for (int c = 0; c < resolutions.length; c++) {
            resolutions[c] = new J2kResolution[codings[c].levels() + 1];
            for (int r = 0; r < resolutions[c].length; r++) {
                J2kResolution.Plan plan = new J2kResolution.Plan(codings[c], steps[c], size.bits(), size.stepsX()[c],
                        size.stepsY()[c]);
                resolutions[c][r] = J2kResolution.of(r, area, size.component(area, c), plan, data.length);
            }
        }
        J2kPackets.read(data, resolutions, codings);
        float[][] samples = new float[resolutions.length][];
        for (int c = 0; c < samples.length; c++) {
            samples[c] = component(resolutions[c], codings[c]);
        }
        if (codings[0].mixed() && samples.length >= 3 && samples[0].length == samples[1].length
                && samples[0].length == samples[2].length) {
            separate(samples, codings[0].reversible());
        }
        return samples;
    }

    private float[] component(J2kResolution[] resolutions, J2kCoding coding) {
        float[] samples = null;
        J2kArea coarser = null;
        for (J2kResolution resolution : resolutions) {
            J2kArea here = resolution.area();
            float[] merged = new float[Math.multiplyExact(here.width(), here.height())];
            if (samples != null) {
                weave(samples, coarser, Band.LL, merged, here);
            }
            for (J2kBand band : resolution.bands()) {
                fill(band, coding, merged, here);
            }
            if (samples != null) {
                Wavelet.merge(merged, here, coding.reversible());
            }
            samples = merged;
            coarser = here;
        }
        return samples;
    }

    private static void weave(float[] band, J2kArea from, Band kind, float[] target, J2kArea to) {
        for (int y = 0; y < from.height(); y++) {
            int start = place(kind, from.left(), from.top() + y, to);
            for (int x = 0; x < from.width(); x++) {
                target[start + 2 * x] = band[y * from.width() + x];
            }
        }
    }

    /** Where a number of a band goes among the samples of the resolution that the band is woven into. */
    private static int place(Band kind, int x, int y, J2kArea to) {
        int column = 2 * x + (kind == Band.HL || kind == Band.HH ? 1 : 0) - to.left();
        int row = 2 * y + (kind == Band.LH || kind == Band.HH ? 1 : 0) - to.top();
        return row * to.width() + column;
    }

    private void fill(J2kBand band, J2kCoding coding, float[] target, J2kArea to) {
        boolean coarsest = band.kind() == Band.LL;
        for (J2kPrecinct precinct : band.precincts()) {
            for (J2kBlock block : precinct.blocks()) {
                if (!block.isSeen()) {
                    continue;
                }
                bits.decode(block, band.kind(), coding, band.planes() - block.emptyPlanes);
                for (int y = 0; y < block.height; y++) {
                    int at = coarsest ? (block.y + y - to.top()) * to.width() + block.x - to.left()
                            : place(band.kind(), block.x, block.y + y, to);
                    for (int x = 0; x < block.width; x++) {
                        int twice = bits.value(x, y);
                        target[at + (coarsest ? x : 2 * x)] = coding.reversible() ? twice / 2
                                : twice * 0.5f * band.step();
                    }
                }
            }
        }
    }

    /** From luma and differences back to red, green and blue. */
    private static void separate(float[][] samples, boolean reversible) {
        for (int i = 0; i < samples[0].length; i++) {
            float luma = samples[0][i];
            float blue = samples[1][i];
            float red = samples[2][i];
            if (reversible) {
                float green = luma - (float) Math.floor((blue + red) / 4);
                samples[0][i] = red + green;
                samples[1][i] = green;
                samples[2][i] = blue + green;
            } else {
                samples[0][i] = luma + 1.402f * red;
                samples[1][i] = luma - 0.344136f * blue - 0.714136f * red;
                samples[2][i] = luma + 1.772f * blue;
            }
        }
    }
}
