# What `cmake --install` puts beside the programs: scenarios, desktop entry, icon, completions for three shells, texts.
# The programs and the fonts are installed where they are built. Everything is found relative to the program
# (../share/kafkascope), so that the tree may be moved.
set(KSCOPE_DATA "${CMAKE_INSTALL_DATADIR}/kafkascope")

if(EXISTS "${PROJECT_SOURCE_DIR}/scenarios")
  install(DIRECTORY "${PROJECT_SOURCE_DIR}/scenarios" DESTINATION "${KSCOPE_DATA}"
    FILES_MATCHING PATTERN "*.toml")
endif()
install(FILES LICENSE README.md CHANGELOG.md DESTINATION "${CMAKE_INSTALL_DOCDIR}")
install(FILES assets/kafkascope.1 DESTINATION "${CMAKE_INSTALL_MANDIR}/man1")

# Each shell looks a completion up by the name of the command.
set(bash_completions "${CMAKE_INSTALL_DATADIR}/bash-completion/completions")
set(fish_completions "${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d")
foreach(program kafkascope kafkascope-ui)
  install(FILES assets/completions/kafkascope.bash DESTINATION "${bash_completions}" RENAME ${program})
  install(FILES assets/completions/kafkascope.fish DESTINATION "${fish_completions}" RENAME ${program}.fish)
endforeach()
install(FILES assets/completions/_kafkascope DESTINATION "${CMAKE_INSTALL_DATADIR}/zsh/site-functions")

if(KSCOPE_UI)
  install(FILES assets/kafkascope.desktop DESTINATION "${CMAKE_INSTALL_DATADIR}/applications")
  install(FILES assets/kafkascope.svg DESTINATION "${CMAKE_INSTALL_DATADIR}/icons/hicolor/scalable/apps")
endif()
