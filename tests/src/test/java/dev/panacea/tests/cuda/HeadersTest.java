package dev.panacea.tests.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.panacea.bindings.raw.Cublas;
import dev.panacea.bindings.raw.Cudnn;
import dev.panacea.bindings.raw.Driver;
import dev.panacea.bindings.raw.Nvrtc;
import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.Attributes;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.FieldModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.attribute.ConstantValueAttribute;
import java.lang.constant.ClassDesc;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Our headers of CUDA against bindings that others made from the vendor's: each number of an enumeration, and of each
 * function the kinds of its parameters and of its result.
 */
class HeadersTest {
    /** Names of types and functions that the vendor's headers rename by a macro. */
    private static final String RENAMED = "_v2";

    @Test
    void driver() throws Exception {
        check(Driver.class, "cudart");
    }

    @Test
    void nvrtc() throws Exception {
        check(Nvrtc.class, "nvrtc");
    }

    @Test
    void cublas() throws Exception {
        check(Cublas.class, "cublas", "cudart");
    }

    @Test
    void cudnn() throws Exception {
        check(Cudnn.class, "cudnn");
    }

    private static void check(Class<?> ours, String... theirs) throws Exception {
        Map<String, Long> numbers = new HashMap<>();
        Map<String, Set<List<Character>>> functions = new HashMap<>();
        for (String name : theirs) {
            read(name, numbers, functions);
        }
        List<String> wrong = new ArrayList<>();
        int checked = 0;
        int calls = 0;
        for (Method method : ours.getMethods()) {
            String name = method.getName();
            if (name.equals(name.toUpperCase(Locale.ROOT)) && method.getParameterCount() == 0) {
                checked++;
                long value = ((Number) method.invoke(null)).longValue();
                if (!Long.valueOf(value).equals(numbers.get(name))) {
                    wrong.add(name + " is " + value + ", theirs " + numbers.get(name));
                }
            } else if (name.startsWith("cu") && !name.contains("$") || name.matches("nvrtc[^$]*")) {
                calls++;
                List<Character> kinds = kinds(method.getReturnType().describeConstable().orElseThrow(),
                        Arrays.stream(method.getParameterTypes())
                                .map(type -> type.describeConstable().orElseThrow()).toList());
                Set<List<Character>> same = new HashSet<>(functions.getOrDefault(name, Set.of()));
                if (name.endsWith(RENAMED)) {
                    same.addAll(functions.getOrDefault(name.substring(0, name.length() - RENAMED.length()), Set.of()));
                }
                if (!same.contains(kinds)) {
                    wrong.add(name + " takes " + kinds + ", theirs " + same);
                }
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(checked).as("numbers of enumerations").isPositive();
        assertThat(calls).as("functions").isPositive();
    }

    private static void read(String name, Map<String, Long> numbers, Map<String, Set<List<Character>>> functions)
            throws IOException {
        try (InputStream in = HeadersTest.class.getResourceAsStream("/org/bytedeco/cuda/global/" + name + ".class")) {
            ClassModel model = ClassFile.of().parse(in.readAllBytes());
            for (FieldModel field : model.fields()) {
                field.findAttribute(Attributes.constantValue()).map(ConstantValueAttribute::constant)
                        .filter(constant -> constant.constantValue() instanceof Number)
                        .ifPresent(constant -> numbers.put(field.fieldName().stringValue(),
                                ((Number) constant.constantValue()).longValue()));
            }
            for (MethodModel method : model.methods()) {
                List<Character> kinds = kinds(method.methodTypeSymbol().returnType(),
                        method.methodTypeSymbol().parameterList());
                functions.computeIfAbsent(method.methodName().stringValue(), key -> new HashSet<>()).add(kinds);
            }
        }
    }

    /** Result first, then parameters: P for a pointer, else the letter of the primitive type. */
    private static List<Character> kinds(ClassDesc result, List<ClassDesc> parameters) {
        return Stream.concat(Stream.of(result), parameters.stream())
                .map(type -> type.isPrimitive() ? type.descriptorString().charAt(0) : 'P').toList();
    }
}
