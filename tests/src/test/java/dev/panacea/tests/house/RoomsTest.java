package dev.panacea.tests.house;

import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.io.InputStream;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleDescriptor.Requires;
import java.net.URL;
import java.util.Arrays;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The direction of the house: tensor ← autograd ← nn ← ace ← tools, and bindings → tensor, which nobody names. */
class RoomsTest {
    private static final Map<String, Set<String>> MAY_REQUIRE = Map.of(
            "dev.panacea.tensor", Set.of(),
            "dev.panacea.autograd", Set.of("dev.panacea.tensor"),
            "dev.panacea.nn", Set.of("dev.panacea.tensor", "dev.panacea.autograd"),
            "dev.panacea.ace", Set.of("dev.panacea.tensor", "dev.panacea.autograd", "dev.panacea.nn"),
            "dev.panacea.bindings", Set.of("dev.panacea.tensor"),
            "dev.panacea.tools", Set.of("dev.panacea.tensor", "dev.panacea.autograd", "dev.panacea.nn",
                    "dev.panacea.ace"));

    private static final Set<String> SAY_NOTHING =
            Set.of("util", "utils", "common", "helper", "helpers", "manager", "impl", "base", "misc", "core");

    private static final JavaClasses ALL = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS).importPackages("dev.panacea");

    @Test
    void modulesRequireOnlyEarlierRooms() throws IOException {
        Map<String, ModuleDescriptor> found = descriptors();
        assertThat(found.keySet()).isEqualTo(MAY_REQUIRE.keySet());
        found.forEach((name, module) -> assertThat(module.requires().stream().map(Requires::name)
                .filter(required -> required.startsWith("dev.panacea.")).collect(Collectors.toSet()))
                .as("what %s requires", name).isSubsetOf(MAY_REQUIRE.get(name)));
    }

    /** The class path has no modules, so a test or a shaded jar could still break the direction: look at classes. */
    @Test
    void classesUseOnlyEarlierRooms() {
        layeredArchitecture().consideringOnlyDependenciesInLayers().withOptionalLayers(true)
                .layer("tensor").definedBy("dev.panacea.tensor..")
                .layer("autograd").definedBy("dev.panacea.autograd..")
                .layer("nn").definedBy("dev.panacea.nn..")
                .layer("ace").definedBy("dev.panacea.ace..")
                .layer("bindings").definedBy("dev.panacea.bindings..")
                .layer("tools").definedBy("dev.panacea.tools..")
                .whereLayer("tensor").mayNotAccessAnyLayer()
                .whereLayer("autograd").mayOnlyAccessLayers("tensor")
                .whereLayer("nn").mayOnlyAccessLayers("tensor", "autograd")
                .whereLayer("ace").mayOnlyAccessLayers("tensor", "autograd", "nn")
                .whereLayer("bindings").mayOnlyAccessLayers("tensor")
                .whereLayer("tools").mayOnlyAccessLayers("tensor", "autograd", "nn", "ace")
                .check(ALL);
    }

    @Test
    void kernelsAreNotExported() throws IOException {
        assertThat(descriptors().get("dev.panacea.tensor").exports()).noneMatch(exported ->
                !exported.isQualified() && exported.source().startsWith("dev.panacea.tensor.cpu"));
    }

    @Test
    void packagesAreNamedAfterTheField() {
        assertThat(ALL.stream().map(type -> type.getPackage()).distinct().map(JavaPackage::getName)
                .filter(name -> !Collections.disjoint(Arrays.asList(name.split("\\.")), SAY_NOTHING)))
                .as("packages whose name says nothing about what they hold").isEmpty();
    }

    private static Map<String, ModuleDescriptor> descriptors() throws IOException {
        Map<String, ModuleDescriptor> found = new TreeMap<>();
        for (URL url : Collections.list(RoomsTest.class.getClassLoader().getResources("module-info.class"))) {
            try (InputStream in = url.openStream()) {
                ModuleDescriptor module = ModuleDescriptor.read(in);
                if (module.name().startsWith("dev.panacea.")) {
                    found.put(module.name(), module);
                }
            }
        }
        return found;
    }
}
