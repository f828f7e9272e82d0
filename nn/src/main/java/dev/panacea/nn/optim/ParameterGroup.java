package dev.panacea.nn.optim;

import dev.panacea.nn.ConfigException;
import dev.panacea.nn.Parameter;
import java.util.ArrayList;
import java.util.List;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.function.ToIntFunction;

/**
 * Parameters that are updated alike, in one pass over memory.
 *
 * @param parameters the parameters
 * @param rateScale what the learning rate is multiplied by
 * @param decayScale what the weight decay is multiplied by; 0 for none
 */
public record ParameterGroup(List<Parameter> parameters, double rateScale, double decayScale) {
    /**
     * Checks the scales.
     *
     * @throws ConfigException if a scale is negative or not finite
     */
    public ParameterGroup {
        parameters = List.copyOf(parameters);
        if (!(rateScale >= 0 && decayScale >= 0 && rateScale + decayScale < Double.POSITIVE_INFINITY)) {
            throw new ConfigException("parameter group: scales out of range: rate " + rateScale + ", decay "
                    + decayScale + " (need finite, 0 or more)");
        }
    }

    /** All in one group, with weight decay for each. */
    public static List<ParameterGroup> one(List<Parameter> parameters) {
        return List.of(new ParameterGroup(parameters, 1, 1));
    }

    /** Two groups: weights, and what has no weight decay, see {@link #decays}. */
    public static List<ParameterGroup> byDecay(List<Parameter> parameters) {
        return layerwise(parameters, 1, parameter -> 0);
    }

    /**
     * Layer-wise learning rates for fine-tuning a backbone, as BEiT and timm have them: the last block has the rate
     * times {@code factor}, each block before it {@code factor} times that, what makes tokens of pictures the least;
     * what follows the blocks, such as a head, has the whole rate.
     *
     * @param parameters those of one model, by timm's names with any prefix
     * @param factor such as 0.65 for ViT-B, 0.8 for Swin-B; 1 for one rate
     */
    public static List<ParameterGroup> byLayer(List<Parameter> parameters, double factor) {
        return layerwise(parameters, factor, new LayerDepth(parameters)::of);
    }

    /**
     * Layer-wise learning rates: a parameter {@code depth} layers below the last has the rate times
     * {@code factor^depth}; each depth makes up to two groups, as {@link #byDecay}.
     *
     * @param depth layers above the one that the parameter is in, 0 for the last
     */
    public static List<ParameterGroup> layerwise(List<Parameter> parameters, double factor,
            ToIntFunction<Parameter> depth) {
        SequencedMap<Integer, List<List<Parameter>>> byDepth = new TreeMap<>();
        for (Parameter parameter : parameters) {
            byDepth.computeIfAbsent(depth.applyAsInt(parameter), _ -> List.of(new ArrayList<>(), new ArrayList<>()))
                    .get(decays(parameter) ? 1 : 0).add(parameter);
        }
        List<ParameterGroup> groups = new ArrayList<>();
        byDepth.forEach((layers, kinds) -> {
            for (int decay = 1; decay >= 0; decay--) {
                if (!kinds.get(decay).isEmpty()) {
                    groups.add(new ParameterGroup(kinds.get(decay), StrictMath.pow(factor, layers), decay));
                }
            }
        });
        return groups;
    }

    /**
     * Whether weight decay is usual: not for biases, the scales of norms and whatever else has one axis, nor for what
     * timm exempts in ViT and Swin: class token, positions, tables of relative positions.
     */
    public static boolean decays(Parameter parameter) {
        String path = parameter.path();
        return parameter.shape().rank() > 1 && !path.endsWith(".bias") && !path.endsWith("pos_embed")
                && !path.endsWith("cls_token") && !path.endsWith("relative_position_bias_table");
    }
}
