# Flags that every target of the project is built with, collected in one interface target.
# -ffp-contract=off: a fused multiply-add would make floating point differ between machines.
# -fno-ipa-icf: g++ 12.2 at -O2 folds template code that differs and so miscompiles queue code.
# -Wno-restrict: when optimising, g++ 12 warns of its own std::string (GCC bug 105329).
add_library(kscope_flags INTERFACE)
target_compile_options(kscope_flags INTERFACE
  -Wall -Wextra -Wconversion -Wshadow -Wnon-virtual-dtor -ffp-contract=off
  $<$<CXX_COMPILER_ID:GNU>:-fno-ipa-icf>
  $<$<AND:$<CXX_COMPILER_ID:GNU>,$<CONFIG:Release>>:-Wno-restrict>
  $<$<BOOL:${KSCOPE_WERROR}>:-Werror>)
target_include_directories(kscope_flags INTERFACE "${PROJECT_SOURCE_DIR}" "${PROJECT_BINARY_DIR}/generated")
# Four checks of UBSan are left out: they double the time to compile, and AddressSanitizer sees what they are for.
# With them g++ 12 takes the uninitialised parts of its own std::regex and std::function for mistakes (GCC bug 105562).
if(KSCOPE_SANITIZE)
  target_compile_options(kscope_flags INTERFACE
    -fsanitize=address,undefined -fno-sanitize=null,alignment,object-size,vptr -fno-sanitize-recover=all
    -fno-omit-frame-pointer $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
  target_compile_definitions(kscope_flags INTERFACE _GLIBCXX_ASSERTIONS)
  target_link_options(kscope_flags INTERFACE -fsanitize=address,undefined)
endif()
if(KSCOPE_COVERAGE)
  target_compile_options(kscope_flags INTERFACE --coverage)
  target_link_options(kscope_flags INTERFACE --coverage)
endif()
