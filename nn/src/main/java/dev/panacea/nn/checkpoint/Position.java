package dev.panacea.nn.checkpoint;

import dev.panacea.nn.ConfigException;

/**
 * Where a run stands. Schedules depend on the step alone, and random numbers on seed, epoch and sample, so this is all
 * that they need to go on.
 *
 * @param seed what all random numbers of the run come from
 * @param step optimiser steps done
 * @param epoch passes over the data done
 * @param sample samples of the present epoch done
 */
public record Position(long seed, long step, long epoch, long sample) {
    /**
     * Checks the counts.
     *
     * @throws ConfigException if one is negative
     */
    public Position {
        if (step < 0 || epoch < 0 || sample < 0) {
            throw new ConfigException("position: counts out of range: step " + step + ", epoch " + epoch + ", sample "
                    + sample + " (need 0 or more)");
        }
    }
}
