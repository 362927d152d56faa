import Git
import Testing
